//! Names of Baku newspapers, in the spellings in which they come.

use super::*;

fn sound(name: &str) -> Sound {
    Sound::of(name).unwrap()
}

fn alike(one: &str, other: &str) -> Option<u32> {
    let (one, other) = (sound(one), sound(other));
    (one.key == other.key)
        .then(|| likeness(&one.spelt, &other.spelt))
        .flatten()
}

#[test]
fn one_name_in_two_spellings_is_alike() {
    for (one, other) in [
        ("Rəşad Nəbiyev", "Rashad Nabiyev"),
        ("Rəşad Nəbiyev", "Рашад Набиев"),
        ("Rashad Nabiyev", "NABİYEV Rəşad"),
        ("İlham Əliyev", "Ильхам Алиев"),
        ("Elçin Həsənov", "Эльчин Гасанов"),
        ("Elçin Həsənov", "Elchin Hasanov"),
        ("Aydın Quliyev", "Айдын Гулиев"),
        ("Aydın Quliyev", "Aydin Guliyev"),
        ("Cəfər Cabbarlı", "Jafar Jabbarli"),
        ("Cəfər Cabbarlı", "Джафар Джаббарлы"),
        ("Məmmədov", "Мамедов"),
        ("Qasımov", "Касымов"),
        ("Xəlil Rza", "Халил Рза"),
        ("Ministry of Transport", "Transport Ministry"),
        ("R. Nəbiyev", "Nabiyev"),
        ("Рәшад Нәбијев", "Rəşad Nəbiyev"),
    ] {
        assert!(
            alike(one, other).is_some(),
            "{one} {other}: {:?} {:?}",
            sound(one),
            sound(other)
        );
    }
}

#[test]
fn two_names_are_two() {
    for (one, other) in [
        ("Elçin Həsənov", "Elçin Hüseynov"),
        ("Rəşad Nəbiyev", "Rəşad Əliyev"),
        ("Rəşad Nəbiyev", "Nəbiyev"),
        ("Turan", "Trend"),
        ("Radio Azadlıq", "Radio Liberty"),
        ("Meydan TV", "Meydan 2"),
        ("Channel 1", "Channel 2"),
    ] {
        assert_eq!(alike(one, other), None, "{one} {other}");
    }
}

#[test]
fn more_letters_in_common_are_more_alike() {
    assert_eq!(alike("Rashad Nabiyev", "Nabiyev, Rashad"), Some(100));
    let near = alike("Rashad Nabiyev", "Rashad Nabiev");
    let far = alike("Rashad Nabiyev", "Reshad Nabiyev");
    assert!(near > far && far.is_some(), "{near:?} {far:?}");
}

#[test]
fn what_has_no_letters_known_here_has_no_sound() {
    for name in ["拉沙德", "ნაბიევი", "—", "Ə.", ""] {
        assert_eq!(Sound::of(name), None, "{name}");
    }
}
