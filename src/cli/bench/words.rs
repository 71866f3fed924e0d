//! What generated stories are made of, in Azerbaijani, Russian and English. `{n}` becomes a number, `{place}` a
//! place and `{who}` whoever speaks.

/// The same in each of [`LANGS`].
pub type Said = [&'static str; 3];

pub const LANGS: Said = ["az", "ru", "en"];

/// A frame with its gaps filled.
pub fn fill(frame: &str, number: usize, place: &str, who: &str) -> String {
    frame
        .replace("{n}", &number.to_string())
        .replace("{place}", place)
        .replace("{who}", who)
}

pub const PLACES: &[Said] = &[
    ["Bakı", "Баку", "Baku"],
    ["Gəncə", "Гянджа", "Ganja"],
    ["Sumqayıt", "Сумгаит", "Sumgait"],
    ["Şəki", "Шеки", "Sheki"],
    ["Lənkəran", "Ленкорань", "Lankaran"],
    ["Quba", "Куба", "Guba"],
    ["Şamaxı", "Шемаха", "Shamakhi"],
    ["Naxçıvan", "Нахчыван", "Nakhchivan"],
    ["Mingəçevir", "Мингечаур", "Mingachevir"],
    ["Göyçay", "Гёйчай", "Goychay"],
    ["Qazax", "Казах", "Gazakh"],
    ["Zaqatala", "Закаталы", "Zagatala"],
    ["Astara", "Астара", "Astara"],
    ["Xaçmaz", "Хачмаз", "Khachmaz"],
    ["İsmayıllı", "Исмаиллы", "Ismayilli"],
    ["Bərdə", "Барда", "Barda"],
];

pub const HEADLINES: &[Said] = &[
    [
        "{place}: körpünün təmiri {n} gün çəkəcək",
        "{place}: ремонт моста займёт {n} дней",
        "{place}: bridge repairs to take {n} days",
    ],
    [
        "{place}: {n} yeni sinif otağı açılır",
        "{place}: открываются {n} новых классов",
        "{place}: {n} new classrooms open",
    ],
    [
        "{place}: avtobus marşrutlarının sayı {n} olacaq",
        "{place}: автобусных маршрутов станет {n}",
        "{place}: bus routes to number {n}",
    ],
    [
        "{place}: bazar {n} satıcı üçün yenilənir",
        "{place}: рынок обновляют для {n} продавцов",
        "{place}: market renewed for {n} traders",
    ],
    [
        "{place}: teatr {n} tamaşalıq mövsümə başlayır",
        "{place}: театр начинает сезон из {n} спектаклей",
        "{place}: theatre begins a season of {n} plays",
    ],
    [
        "{place}: {n} ailə yeni mənzillərə köçür",
        "{place}: {n} семей переезжают в новые квартиры",
        "{place}: {n} families move into new flats",
    ],
    [
        "{place}: yağışdan sonra {n} küçə bağlanıb",
        "{place}: после дождя закрыты {n} улиц",
        "{place}: {n} streets closed after the rain",
    ],
    [
        "{place}: kitabxanaya {n} kitab bağışlanıb",
        "{place}: библиотеке подарили {n} книг",
        "{place}: library is given {n} books",
    ],
];

pub const SENTENCES: &[Said] = &[
    [
        "İşlər səhər tezdən başlayıb və axşama qədər davam edib.",
        "Работы начались рано утром и продолжались до вечера.",
        "Work began early in the morning and went on until evening.",
    ],
    [
        "Sakinlər küçədə toplaşıb, son xəbərləri bir-birinə danışırdılar.",
        "Жители собрались на улице и рассказывали друг другу последние новости.",
        "Residents gathered in the street and told each other the latest news.",
    ],
    [
        "Layihənin büdcəsi iyulda təsdiqlənib və o vaxtdan dəyişməyib.",
        "Бюджет проекта утвердили в июле, и с тех пор он не менялся.",
        "The budget of the project was approved in July and has not changed since.",
    ],
    [
        "Mütəxəssislər hesab edir ki, bu qərar bir neçə ildən sonra özünü doğruldacaq.",
        "Специалисты считают, что через несколько лет это решение себя оправдает.",
        "Experts believe that the decision will prove right in a few years.",
    ],
    [
        "Hava proqnozuna görə, həftənin sonuna qədər yağış gözlənilmir.",
        "По прогнозу погоды, до конца недели дождя не ожидается.",
        "According to the forecast, no rain is expected until the end of the week.",
    ],
    [
        "Yaxınlıqdakı məktəbin şagirdləri yeni yolu ilk sınayanlar olub.",
        "Ученики соседней школы первыми испытали новую дорогу.",
        "Pupils of the school nearby were the first to try the new road.",
    ],
    [
        "Şura məsələni növbəti iclasda yenidən müzakirə edəcək.",
        "Совет вернётся к вопросу на следующем заседании.",
        "The council will return to the question at its next meeting.",
    ],
    [
        "Sürücülərdən bu günlərdə sahil yolundan istifadə etmək xahiş olunur.",
        "Водителей просят в эти дни пользоваться дорогой вдоль берега.",
        "Drivers are asked to use the road along the shore these days.",
    ],
    [
        "Keçən il eyni vaxtda burada yalnız boş bir sahə var idi.",
        "Год назад в это же время здесь был только пустырь.",
        "At the same time last year there was only an empty lot here.",
    ],
    [
        "Yeni cədvəl dayanacaqlarda və saytda dərc olunacaq.",
        "Новое расписание появится на остановках и на сайте.",
        "The new timetable will be posted at the stops and on the site.",
    ],
    [
        "Könüllülər köhnə ağacları qorumaq üçün imza toplayırlar.",
        "Волонтёры собирают подписи, чтобы сохранить старые деревья.",
        "Volunteers are collecting signatures to keep the old trees.",
    ],
    [
        "Hadisə ilə bağlı heç kim xəsarət almayıb.",
        "В результате происшествия никто не пострадал.",
        "Nobody was hurt in the incident.",
    ],
    [
        "Köhnə binanın divarlarında usta əllərin izi indi də görünür.",
        "На стенах старого здания до сих пор видны следы рук мастера.",
        "On the walls of the old building the traces of a master's hands can still be seen.",
    ],
    [
        "Qonşu rayonlar da oxşar addımlar atmağa hazırlaşır.",
        "Соседние районы готовятся к похожим шагам.",
        "Neighbouring districts are preparing similar steps.",
    ],
    [
        "Tədbirə yüzlərlə insan gəlmişdi, bəziləri ailəsi ilə.",
        "На мероприятие пришли сотни людей, некоторые с семьями.",
        "Hundreds of people came to the event, some with their families.",
    ],
    [
        "Nəticələr barədə hesabat ayın sonunda açıqlanacaq.",
        "Отчёт о результатах обнародуют в конце месяца.",
        "A report on the results will be published at the end of the month.",
    ],
];

/// What people say. The words of a quote are one of these.
pub const WORDS: &[Said] = &[
    [
        "biz {n} gün ərzində işi bitirəcəyik və {place} bunu görəcək",
        "мы закончим работу за {n} дней, и {place} это увидит",
        "we shall finish the work within {n} days, and {place} will see it",
    ],
    [
        "{place} üçün ayrılan {n} milyon kifayət etmir",
        "{n} миллионов для города {place} недостаточно",
        "the {n} millions set aside for {place} are not enough",
    ],
    [
        "heç kim bizdən {n} il gözləməyi xahiş etməyib",
        "никто не просил нас ждать {n} лет",
        "nobody asked us to wait for {n} years",
    ],
    [
        "hər {n} sakindən biri dəyişikliyi artıq hiss edir",
        "каждый {n}-й житель уже чувствует перемены",
        "one in {n} residents already feels the change",
    ],
    [
        "{place} ilə bağlı qərar {n} ay əvvəl verilib",
        "решение по городу {place} принято {n} месяцев назад",
        "the decision about {place} was made {n} months ago",
    ],
    [
        "bizə {n} nəfər daha lazımdır",
        "нам нужно ещё {n} человек",
        "we need {n} more people",
    ],
    [
        "{n} ildə belə bir payız görməmişdik",
        "за {n} лет мы не видели такой осени",
        "in {n} years we have not seen such an autumn",
    ],
    [
        "yol {n} kilometr uzanacaq və {place} ilə bitəcək",
        "дорога протянется на {n} километров и закончится в городе {place}",
        "the road will run for {n} kilometres and end at {place}",
    ],
];

/// A paragraph with a quote: what stands before the words and behind them, with quotation marks if
/// the words are the speaker's own.
pub const FRAMES: &[[(&str, &str); 3]] = &[
    [
        ("“", "”, – {who} deyib."),
        ("«", "», — говорит {who}."),
        ("“", "”, said {who}."),
    ],
    [
        ("{who} bildirib ki, ", "."),
        ("{who} сообщает, что ", "."),
        ("{who} said that ", "."),
    ],
    [
        ("Müsahibədə {who} belə dedi: “", "”."),
        ("В интервью {who} говорит: «", "»."),
        ("In an interview {who} put it so: “", "”."),
    ],
];

pub const ROLES: &[Said] = &[
    ["nazir", "министр", "minister"],
    ["mühəndis", "инженер", "engineer"],
    ["müəllim", "учитель", "teacher"],
    ["şura sədri", "председатель совета", "chair of the council"],
    ["həkim", "врач", "doctor"],
    ["iqtisadçı", "экономист", "economist"],
];

pub const UNNAMED: Said = ["sakin", "житель", "a resident"];

pub const FIRST_NAMES: &[Said] = &[
    ["Rəşad", "Рашад", "Rashad"],
    ["Aynur", "Айнур", "Aynur"],
    ["Murad", "Мурад", "Murad"],
    ["Günel", "Гюнель", "Gunel"],
    ["Elçin", "Эльчин", "Elchin"],
    ["Leyla", "Лейла", "Leyla"],
    ["Orxan", "Орхан", "Orkhan"],
    ["Nigar", "Нигяр", "Nigar"],
    ["Tural", "Турал", "Tural"],
    ["Sevinc", "Севиндж", "Sevinj"],
    ["Kamran", "Камран", "Kamran"],
    ["Fidan", "Фидан", "Fidan"],
    ["Vüqar", "Вугар", "Vugar"],
    ["Şəbnəm", "Шабнам", "Shabnam"],
    ["Anar", "Анар", "Anar"],
    ["Zəhra", "Захра", "Zahra"],
    ["Emil", "Эмиль", "Emil"],
    ["Ülviyyə", "Ульвия", "Ulviyya"],
    ["Samir", "Самир", "Samir"],
    ["Türkan", "Тюркан", "Turkan"],
];

/// Initials between the names, so that there are people enough.
pub const INITIALS: &[Said] = &[
    ["A.", "А.", "A."],
    ["B.", "Б.", "B."],
    ["D.", "Д.", "D."],
    ["E.", "Э.", "E."],
    ["F.", "Ф.", "F."],
    ["İ.", "И.", "I."],
    ["K.", "К.", "K."],
    ["L.", "Л.", "L."],
    ["M.", "М.", "M."],
    ["N.", "Н.", "N."],
    ["O.", "О.", "O."],
    ["P.", "П.", "P."],
    ["R.", "Р.", "R."],
    ["S.", "С.", "S."],
    ["T.", "Т.", "T."],
    ["Ü.", "У.", "U."],
    ["V.", "В.", "V."],
    ["Z.", "З.", "Z."],
];

pub const LAST_NAMES: &[Said] = &[
    ["Körpülü", "Кёрпюлю", "Korpulu"],
    ["Dənizli", "Денизли", "Danizli"],
    ["Bağlı", "Баглы", "Baghli"],
    ["Yelli", "Елли", "Yelli"],
    ["Günəşli", "Гюнешли", "Gunashli"],
    ["Dağlı", "Даглы", "Daghli"],
    ["Sahilli", "Сахилли", "Sahilli"],
    ["Çinarlı", "Чинарлы", "Chinarli"],
    ["Bulaqlı", "Булаглы", "Bulagli"],
    ["Qayalı", "Гаялы", "Gayali"],
    ["Nərgizli", "Наргизли", "Nargizli"],
    ["Ulduzlu", "Улдузлу", "Ulduzlu"],
    ["Çaylı", "Чайлы", "Chayli"],
    ["Gülşənli", "Гюльшанли", "Gulshanli"],
    ["Saraylı", "Сарайлы", "Sarayli"],
    ["Qovaqlı", "Говаглы", "Govagli"],
    ["Duraqlı", "Дураглы", "Duragli"],
    ["Yaylalı", "Яйлалы", "Yaylali"],
    ["Meşəli", "Мешали", "Meshali"],
    ["Buludlu", "Булудлу", "Buludlu"],
    ["Adalı", "Адалы", "Adali"],
    ["Limanlı", "Лиманлы", "Limanli"],
    ["Sözlü", "Сёзлю", "Sozlu"],
    ["Qapılı", "Гапылы", "Gapili"],
    ["Narlı", "Нарлы", "Narli"],
    ["Zeytunlu", "Зейтунлу", "Zeytunlu"],
    ["Taxtalı", "Тахталы", "Takhtali"],
    ["Mavili", "Мавили", "Mavili"],
    ["Yolçulu", "Йолчулу", "Yolchulu"],
    ["Odlu", "Одлу", "Odlu"],
];

/// An outlet is one of these and a place.
pub const OUTLETS: &[Said] = &[
    ["Radio", "Радио", "Radio"],
    ["Televiziya", "Телевидение", "Television"],
    ["Xəbərlər", "Новости", "News"],
    ["Qəzet", "Газета", "Gazette"],
    ["Telqraf", "Телеграф", "Telegraph"],
    ["Səhər", "Утро", "Morning"],
    ["Axşam", "Вечер", "Evening"],
    ["Agentlik", "Агентство", "Agency"],
    ["Kanal", "Канал", "Channel"],
    ["Xronika", "Хроника", "Chronicle"],
    ["İcmal", "Обзор", "Review"],
    ["Güzgü", "Зеркало", "Mirror"],
];

pub const AUTHORS: &[&str] = &[
    "Aysel Qələmli",
    "Rauf Sətirli",
    "Ilona Peremin",
    "Samira Naxışlı",
    "Peter Colby",
];

/// Slug and names.
pub const SECTIONS: &[(&str, Said)] = &[
    ("politics", ["Siyasət", "Политика", "Politics"]),
    ("economy", ["İqtisadiyyat", "Экономика", "Economy"]),
    ("city", ["Şəhər", "Город", "City"]),
    ("culture", ["Mədəniyyət", "Культура", "Culture"]),
    ("sport", ["İdman", "Спорт", "Sport"]),
    ("world", ["Dünya", "Мир", "World"]),
];

/// Slug and names, the most frequent first.
pub const TOPICS: &[(&str, Said)] = &[
    ("transport", ["Nəqliyyat", "Транспорт", "Transport"]),
    ("schools", ["Məktəblər", "Школы", "Schools"]),
    ("housing", ["Mənzil", "Жильё", "Housing"]),
    ("budget", ["Büdcə", "Бюджет", "Budget"]),
    ("health", ["Səhiyyə", "Здоровье", "Health"]),
    ("weather", ["Hava", "Погода", "Weather"]),
    ("energy", ["Enerji", "Энергия", "Energy"]),
    ("water", ["Su", "Вода", "Water"]),
    ("theatre", ["Teatr", "Театр", "Theatre"]),
    ("music", ["Musiqi", "Музыка", "Music"]),
    ("football", ["Futbol", "Футбол", "Football"]),
    ("chess", ["Şahmat", "Шахматы", "Chess"]),
    ("elections", ["Seçkilər", "Выборы", "Elections"]),
    ("courts", ["Məhkəmələr", "Суды", "Courts"]),
    ("parks", ["Parklar", "Парки", "Parks"]),
    ("markets", ["Bazarlar", "Рынки", "Markets"]),
    ("science", ["Elm", "Наука", "Science"]),
    ("books", ["Kitablar", "Книги", "Books"]),
    ("prices", ["Qiymətlər", "Цены", "Prices"]),
    ("roads", ["Yollar", "Дороги", "Roads"]),
];
