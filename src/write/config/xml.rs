//! XML as pfSense and OPNsense write it, and as build servers read it: elements and text, nothing else.

/// A document in the making.
pub(crate) struct Xml {
    text: String,
    indent: &'static str,
    open: Vec<&'static str>,
}

impl Xml {
    /// An empty document; every level is indented by `indent`.
    pub(crate) const fn new(indent: &'static str) -> Self {
        Self {
            text: String::new(),
            indent,
            open: Vec::new(),
        }
    }

    fn begin(&mut self) {
        for _ in &self.open {
            self.text.push_str(self.indent);
        }
    }

    /// A line of its own, such as a declaration.
    pub(crate) fn line(&mut self, text: &str) {
        self.begin();
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// A comment. Two hyphens in a row end comments, so they become one.
    pub(crate) fn comment(&mut self, text: &str) {
        self.line(&format!("<!-- {} -->", text.replace("--", "-")));
    }

    /// Opens an element.
    pub(crate) fn open(&mut self, name: &'static str) {
        self.open_with(name, "");
    }

    /// Opens an element with attributes, such as ` uuid="…"`.
    pub(crate) fn open_with(&mut self, name: &'static str, attributes: &str) {
        self.line(&format!("<{name}{attributes}>"));
        self.open.push(name);
    }

    /// Closes the element that was opened last.
    pub(crate) fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.line(&format!("</{name}>"));
        }
    }

    /// An element with text, or an empty one.
    pub(crate) fn text(&mut self, name: &str, value: &str) {
        self.text_with(name, "", value);
    }

    /// An element with attributes and text.
    pub(crate) fn text_with(&mut self, name: &str, attributes: &str, value: &str) {
        self.line(&format!("<{name}{attributes}>{}</{name}>", escape(value)));
    }

    /// An element whose text stands in CDATA, encoded inside it as well, as pfSense does.
    pub(crate) fn cdata(&mut self, name: &str, value: &str) {
        self.line(&format!("<{name}><![CDATA[{}]]></{name}>", escape(value)));
    }

    /// The document.
    pub(crate) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.text
    }
}

/// Text without signs that mean something, and without characters that XML 1.0 does not have.
pub(crate) fn escape(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => text.push(' '),
            c if c.is_control() => text.push(' '),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Xml;

    #[test]
    fn text_cannot_break_out() {
        let mut xml = Xml::new("\t");
        xml.comment("a --> b");
        xml.open("ipsec");
        xml.cdata("descr", "a ]]> & <b>\n");
        xml.text("empty", "");
        let text = xml.finish();
        let read = roxmltree::Document::parse(&text).unwrap();
        let descr = read.descendants().find(|n| n.has_tag_name("descr"));
        assert_eq!(descr.unwrap().text(), Some("a ]]&gt; &amp; &lt;b&gt; "));
        assert!(text.ends_with("\t<empty></empty>\n</ipsec>\n"));
    }
}
