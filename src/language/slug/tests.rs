//! Slugs as a table of headlines, and what holds for any headline.

use proptest::prelude::*;

use super::*;

/// language | headline | slug
const TABLE: &str = "
    az | Azərbaycan | azerbaycan
    az | Işıq | isiq
    az | İşıq | isiq
    az | IŞIQ | isiq
    az | QIZIL QİYMƏTİ | qizil-qiymeti
    az | İlham Əliyev | ilham-eliyev
    az | Çətin sualda | cetin-sualda
    az | Ağdam | agdam
    az | Göygöl | goygol
    az | Müğənni | mugenni
    az | Şuşa | susa
    az | Xankəndi | xankendi
    az | Körpü iyunda açılacaq | korpu-iyunda-acilacaq
    az | Sərhəddə gərginlik | serhedde-gerginlik
    az | Bakıda 5 bina söküldü | bakida-5-bina-sokuldu
    az | «Xəzər»in səviyyəsi 2,5 metr enib | xezer-in-seviyyesi-2-5-metr-enib
    az | BMT-nin hesabatı: nə dəyişir? | bmt-nin-hesabati-ne-deyisir
    az | Ə\u{a0}Ə | e-e
    az | I\u{307}dman | idman
    az | Əziz sakin! | eziz-sakin
    az | Россия və Azərbaycan | rossiya-ve-azerbaycan
    az-Cyrl | Азәрбајҹан | azerbaycan
    az-Cyrl | Ҝөјҝөл | goygol
    tr | IĞDIR | igdir
    tr | İstanbul'da deprem | istanbulda-deprem
    ru | Новости | novosti
    ru | Баку | baku
    ru | Ёлка | yolka
    ru | Е\u{308}лка | yolka
    ru | Съёмка | syomka
    ru | Объявление | obyavlenie
    ru | Южный Кавказ | yuzhnyy-kavkaz
    ru | Щёки и щупальца | shchyoki-i-shchupaltsa
    ru | Хлеб, цены, чай | khleb-tseny-chay
    ru | Мы — здесь | my-zdes
    ru | Эхо Москвы | ekho-moskvy
    ru | Вьюга | vyuga
    ru | Йод | yod
    ru | Жизнь в Шуше | zhizn-v-shushe
    ru | «Мост откроют», — сказал министр | most-otkroyut-skazal-ministr
    ru | Україна і світ | ukrayina-i-svit
    en | A headline | a-headline
    en | INSIDE IRAN | inside-iran
    en | Istanbul | istanbul
    en | İstanbul | istanbul
    en | Diyarbakır | diyarbakir
    en | It’s the people's choice | its-the-peoples-choice
    en | U.S. & EU: 50% more | u-s-eu-50-more
    en | Café — naïve façade | cafe-naive-facade
    en | Łódź, Ørsted, Straße, Þór, Œuvre | lodz-orsted-strasse-thor-oeuvre
    en |   spaced   out   | spaced-out
    en | --dashes--everywhere-- | dashes-everywhere
    en | co\u{ad}operation | cooperation
    en | 5 m² at №7 | 5-m2-at-no7
    en | ﬁne ＡＢＣ | fine-abc
    en | 北京 news | news
    en | 北京 | text
    en | !!! | text
    en | 😀 | text
    ru | ъь | text
    fa | سلام | text
    vi | Tiếng Việt | tieng-viet
";

fn slug(lang: &str, headline: &str) -> Slug {
    slug_from_headline(headline, &lang.parse().unwrap())
}

#[test]
fn each_headline_has_its_slug() {
    let mut count = 0;
    for row in TABLE
        .lines()
        .map(|row| row.trim_matches(' '))
        .filter(|row| !row.is_empty())
    {
        let cells: Vec<&str> = row.splitn(3, '|').collect();
        assert_eq!(
            slug(cells[0].trim(), cells[1]).as_str(),
            cells[2].trim(),
            "{row}"
        );
        count += 1;
    }
    assert!(count >= 60, "{count} rows");
    assert_eq!(slug("en", "").as_str(), "text");
}

#[test]
fn every_russian_letter_has_its_spelling() {
    let alphabet = "а б в г д е ё ж з и й к л м н о п р с т у ф х ц ч ш щ ъ ы ь э ю я";
    let spelt = "a-b-v-g-d-e-yo-zh-z-i-y-k-l-m-n-o-p-r-s-t-u-f-kh-ts-ch-sh-shch-y-e-yu-ya";
    assert_eq!(slug("ru", alphabet).as_str(), spelt);
    assert_eq!(slug("ru", &alphabet.to_uppercase()).as_str(), spelt);
}

#[test]
fn every_azerbaijani_letter_has_its_spelling() {
    let small = "a b c ç d e ə f g ğ h x ı i j k q l m n o ö p r s ş t u ü v y z";
    let capital = "A B C Ç D E Ə F G Ğ H X I İ J K Q L M N O Ö P R S Ş T U Ü V Y Z";
    let spelt = "a-b-c-c-d-e-e-f-g-g-h-x-i-i-j-k-q-l-m-n-o-o-p-r-s-s-t-u-u-v-y-z";
    assert_eq!(slug("az", small).as_str(), spelt);
    assert_eq!(slug("az", capital).as_str(), spelt);
    assert_eq!(slug("en", capital).as_str(), spelt);
}

#[test]
fn a_long_headline_is_cut_between_words() {
    let made = slug("en", &"seven77 ".repeat(30));
    assert_eq!(made.as_str().len(), 79);
    assert!(made.as_str().ends_with("-seven77"));
    assert_eq!(slug("en", &"x".repeat(300)).as_str(), "x".repeat(80));
}

#[test]
fn numbers_follow_the_name_and_fit() {
    let name = Slug::parse("headline").unwrap();
    assert_eq!(name.numbered(0).as_str(), "headline");
    assert_eq!(name.numbered(1).as_str(), "headline");
    assert_eq!(name.numbered(2).as_str(), "headline-2");
    assert_eq!(name.numbered(u32::MAX).as_str(), "headline-4294967295");
    let long = Slug::parse(&format!("{}-{}", "a".repeat(117), "bb")).unwrap();
    assert_eq!(long.numbered(2).as_str(), format!("{}-2", "a".repeat(117)));
}

#[test]
fn what_is_no_slug_is_refused() {
    for text in [
        "", "-", "a-", "-a", "a--b", "A", "ə", "a b", "a_b", "a/b", "a.b", "a\0",
    ] {
        assert_eq!(Slug::parse(text), Err(SlugError), "{text:?}");
    }
    assert!(Slug::parse(&"a".repeat(120)).is_ok());
    assert!(Slug::parse(&"a".repeat(121)).is_err());
    assert!(serde_json::from_str::<Slug>("\"a-b-2\"").is_ok());
    assert!(serde_json::from_str::<Slug>("\"A\"").is_err());
}

proptest! {
    #[test]
    fn any_headline_has_a_slug(headline: String, lang in "az|ru|en|tr|lt|el|az-Cyrl", n: u32) {
        let slug = slug(&lang, &headline);
        prop_assert_eq!(Slug::parse(slug.as_str()), Ok(slug.clone()));
        prop_assert!(slug.as_str().len() <= MAX_FROM_HEADLINE);
        let numbered = slug.numbered(n);
        prop_assert_eq!(Slug::parse(numbered.as_str()), Ok(numbered.clone()));
    }

    #[test]
    fn any_slug_can_be_numbered(slug in "[a-z0-9]{1,40}(-[a-z0-9]{1,12}){0,6}", n: u32) {
        let numbered = Slug::parse(&slug).unwrap().numbered(n);
        prop_assert_eq!(Slug::parse(numbered.as_str()), Ok(numbered.clone()));
    }

    #[test]
    fn words_of_the_newsroom_keep_their_letters(word in "[a-zçəğıöşüA-ZÇƏĞİÖŞÜ]{1,30}") {
        let slug = slug("az", &word);
        prop_assert_eq!(slug.as_str().len(), word.chars().count());
    }
}
