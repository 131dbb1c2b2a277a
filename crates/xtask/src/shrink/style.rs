//! One stylesheet in place of one a component: what twenty files say alike, gzip then says once.

/// How Trunk writes a stylesheet into the page.
const LINK: (&str, &str) = ("<link rel=\"stylesheet\" href=\"./", "\"/>");

/// The stylesheets of a page, by file name, in their order.
pub(crate) fn linked(page: &str) -> Vec<&str> {
    page.split(LINK.0).skip(1).filter_map(|rest| rest.split_once(LINK.1)).map(|(name, _)| name).collect()
}

/// The page with one stylesheet where the first one was.
pub(crate) fn relinked(page: &str, name: &str) -> String {
    let mut parts = page.split(LINK.0);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for (at, part) in parts.enumerate() {
        match part.split_once(LINK.1) {
            Some((_, rest)) => {
                if at == 0 {
                    out = out + LINK.0 + name + LINK.1;
                }
                out += rest;
            }
            None => out = out + LINK.0 + part,
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<a><link rel="stylesheet" href="./x-1.css"/>
<link rel="stylesheet" href="./y-2.css"/><b>"#;

    #[test]
    fn all_stylesheets_become_one() {
        assert_eq!(linked(PAGE), ["x-1.css", "y-2.css"]);
        assert_eq!(relinked(PAGE, "z.css"), "<a><link rel=\"stylesheet\" href=\"./z.css\"/>\n<b>");
        assert_eq!(relinked("<p>", "z.css"), "<p>");
    }
}
