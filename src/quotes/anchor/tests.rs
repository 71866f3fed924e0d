use super::*;
#[test]
fn dbg() {
    let text = "Unit's beyes résumé beit's 👍🏽";
    let p = [Place{block:"a", text}];
    let a = find(&[Wanted{exact:"beit's 👍🏽".into(), ..Default::default()}], &p, "en").unwrap();
    for k in 0..text.chars().count() {
        let x: String = text.chars().take(k).collect(); let y: String = text.chars().skip(k).collect();
        let p = [Place{block:"a", text:&x}, Place{block:"b", text:&y}];
        let n = reanchor(&a, &[], &p, "en");
        let m = reanchor(&n.anchor, &[], &p, "en");
        println!("{x}|{y}: {:?} {:?} {:?}", n.anchor.state, n.nearest, m.anchor.state);
    }
}
