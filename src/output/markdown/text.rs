//! Texts in Markdown as GitHub and GitLab read it: nothing in them is a link, a mention, a table or HTML.

/// A text within a paragraph or the cell of a table, each character standing for itself.
pub(in crate::output) fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 8);
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let next = rest.as_str();
        match c {
            // What makes a mention or a reference of the words behind it is code by itself.
            '@' => written.push_str("`@`"),
            '#' if next.starts_with(|c: char| c.is_ascii_digit()) => written.push_str("`#`"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '&' | '|' | '#' | '~'
            | '!' | '$' | '^' => written.extend(['\\', c]),
            // Addresses become links by themselves.
            ':' if next.starts_with('/') => written.push_str("\\:"),
            '.' if written.to_ascii_lowercase().ends_with("www") => written.push_str("\\."),
            _ => written.push(c),
        }
    }
    written
}

/// A text as code, outside of tables.
pub(in crate::output) fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    if text.is_empty() {
        String::new()
    } else if longest == 0 && !text.starts_with(' ') && !text.ends_with(' ') {
        format!("{fence}{text}{fence}")
    } else {
        format!("{fence} {text} {fence}")
    }
}

/// A text as code in the cell of a table, where that is possible.
pub(super) fn code_cell(text: &str) -> String {
    if text.contains(['|', '`', '\\']) { escaped(text) } else { code(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_acts() {
        for (text, expected) in [
            ("RDP open on tcp/3389, risk 3 (high)", "RDP open on tcp/3389, risk 3 (high)"),
            ("a|b", "a\\|b"),
            ("a\\|b", "a\\\\\\|b"),
            ("@admin, see #12 or # x", "`@`admin, see `#`12 or \\# x"),
            ("[x](https://a.b)", "\\[x\\](https\\://a.b)"),
            ("WWW.a.b", "WWW\\.a.b"),
            ("<script>&amp;", "\\<script\\>\\&amp;"),
            (
                "`code` *b* _i_ ~s~ ![i] $x$",
                "\\`code\\` \\*b\\* \\_i\\_ \\~s\\~ \\!\\[i\\] \\$x\\$",
            ),
        ] {
            assert_eq!(escaped(text), expected);
        }
    }

    #[test]
    fn code_holds_what_it_holds() {
        for (text, expected) in [
            ("a:1:2", "`a:1:2`"),
            ("a`b", "`` a`b ``"),
            ("``", "``` `` ```"),
            (" a", "`  a `"),
            ("", ""),
        ] {
            assert_eq!(code(text), expected);
        }
        assert_eq!(code_cell("a|b"), "a\\|b");
        assert_eq!(code_cell("a.json:1"), "`a.json:1`");
    }
}
