//! Whether answers hold, by the order in which changes and readings come.

use super::*;

fn change(seq: i64, keys: &[&str]) -> Numbered {
    (seq, keys.iter().map(|key| (*key).to_owned()).collect())
}

fn opened() -> Touched {
    let touched = Touched::default();
    touched.open_at(10);
    touched
}

#[test]
fn an_answer_holds_until_one_of_its_keys_is_touched() {
    let touched = opened();
    let answer = touched.grounds(["article:1", "site"], touched.basis());
    let answer = answer.expect("nothing was touched");
    touched.note(&[change(11, &["article:2"])]);
    assert!(answer.hold(&touched));
    touched.note(&[change(12, &["list:1", "site"])]);
    assert!(!answer.hold(&touched));
    assert!(touched.grounds(["site"], touched.basis()).is_some());
}

#[test]
fn a_reading_that_a_change_overtook_gives_no_grounds() {
    let touched = opened();
    let before = touched.basis();
    touched.note(&[change(11, &["article:1"])]);
    assert!(touched.grounds(["article:1"], before).is_none());
    assert!(touched.grounds(["article:2"], before).is_some());
    assert!(!touched.is_unmoved_since(before));
}

#[test]
fn a_change_that_comes_in_before_its_predecessor_moves_nothing_past_it() {
    let touched = opened();
    touched.note(&[change(12, &["article:2"])]);
    assert_eq!(touched.known(), 10);
    // Its rows may lack change 11, which nobody has told of yet.
    let answer = touched.grounds(["article:1"], touched.basis());
    let answer = answer.expect("nothing of it was touched");
    touched.note(&[change(11, &["article:1"]), change(12, &["article:2"])]);
    assert_eq!(touched.known(), 12);
    assert!(!answer.hold(&touched));
}

#[test]
fn what_readers_do_not_see_ends_no_answer() {
    let touched = opened();
    let before = touched.basis();
    touched.note(&[change(11, &[])]);
    assert_eq!(touched.known(), 11);
    assert!(touched.is_unmoved_since(before));
}

#[test]
fn a_reading_older_than_what_is_remembered_gives_no_grounds() {
    let touched = opened();
    let before = touched.basis();
    let last = 10 + REMEMBERED as i64;
    for seq in 11..=last {
        touched.note(&[change(seq, &["quotes"])]);
    }
    assert!(touched.grounds(["article:1"], before).is_some());
    touched.note(&[change(last + 1, &["quotes"])]);
    assert!(touched.grounds(["article:1"], before).is_none());
}

#[test]
fn a_new_edition_voids_all_answers_even_where_numbers_went_back() {
    let touched = opened();
    let reading = touched.basis();
    let answer = touched.grounds(["article:1"], reading).expect("grounds");
    touched.note(&[change(11, &["site"])]);
    touched.open_at(3);
    assert!(!answer.hold(&touched));
    assert!(touched.grounds(["article:1"], reading).is_none());
    let answer = touched.grounds(["site"], touched.basis());
    assert!(answer.expect("a fresh book").hold(&touched));
}

#[test]
fn cells_that_nobody_rests_on_are_given_up() {
    let touched = opened();
    let kept = touched.grounds(["article:kept"], touched.basis());
    for nth in 0..CELLS * 3 {
        let key = format!("article:{nth}");
        assert!(touched.grounds([key.as_str()], touched.basis()).is_some());
    }
    assert!(touched.book().cells.len() <= CELLS + 1);
    touched.note(&[change(11, &["article:kept"])]);
    assert!(!kept.expect("grounds").hold(&touched));
}

#[test]
fn what_is_known_is_the_present_for_a_second_after_a_look() {
    let touched = opened();
    let look = Moment::now();
    touched.heard_at(look);
    assert!(touched.is_present(look));
    assert!(touched.is_present(look + Duration::from_millis(900)));
    assert!(!touched.is_present(look + Duration::from_millis(1100)));
}

#[test]
fn the_highest_number_counts_before_those_below_it_have_come_in() {
    let touched = opened();
    touched.note(&[change(12, &["article:1"])]);
    assert_eq!((touched.known(), touched.highest()), (10, 12));
    touched.note(&[change(11, &[])]);
    assert_eq!((touched.known(), touched.highest()), (12, 12));
}

#[test]
fn what_was_acknowledged_stays_so_when_the_log_is_begun_anew_and_not_when_it_went_back() {
    let touched = opened();
    touched.note(&[change(30, &["article:1"])]);
    touched.open_at(20);
    assert_eq!((touched.known(), touched.highest()), (20, 30));
    touched.open_at(5);
    assert_eq!((touched.known(), touched.highest()), (5, 5));
}
