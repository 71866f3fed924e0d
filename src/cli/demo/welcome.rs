//! What `newsline demo` says before it serves.

use std::fmt;

/// Where the demo is, and how to come in.
pub struct Welcome<'a> {
    /// Such as `http://127.0.0.1:8080`.
    pub address: &'a str,
    pub database: &'a str,
    pub admin: &'a str,
    /// Known only where the account was just made.
    pub password: Option<&'a str>,
    /// Of the main story in English, while it has one.
    pub slug: Option<&'a str>,
}

impl fmt::Display for Welcome<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            address, database, ..
        } = self;
        writeln!(
            f,
            "\nThe demo newsroom is open at {address}, kept in {database}\n"
        )?;
        writeln!(f, "Read")?;
        writeln!(f, "  the API            {address}/docs/")?;
        if let Some(slug) = self.slug {
            writeln!(
                f,
                "  a whole page       {address}/v1/pages/articles/en/{slug}"
            )?;
        }
        writeln!(
            f,
            "  News Line          {address}/v1/lists/news-line/items?lang=en"
        )?;
        writeln!(f, "  the same as a feed {address}/feeds/news-line.en.rss")?;
        writeln!(f, "  who is quoted      {address}/v1/sources\n")?;
        self.how_to_write(f)?;
        write!(f, "\nCtrl-C closes it.")
    }
}

impl Welcome<'_> {
    fn how_to_write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            address,
            database,
            admin,
            ..
        } = self;
        writeln!(f, "Write")?;
        match self.password {
            Some(password) => {
                writeln!(f, "  account            {admin}")?;
                writeln!(f, "  password           {password}   (shown this once)\n")?;
            }
            None => {
                let program = std::env::args()
                    .next()
                    .unwrap_or_else(|| "newsline".to_owned());
                writeln!(f, "  account            {admin}, made at the first run")?;
                writeln!(
                    f,
                    "  a new password     echo PASSWORD | DATABASE_URL={database} {program} user set-password --email {admin}\n"
                )?;
            }
        }
        let password = self.password.unwrap_or("…");
        write!(
            f,
            r#"  TOKEN=$(curl -s {address}/v1/auth/tokens -H 'Content-Type: application/json' \
    -d '{{"email": "{admin}", "password": "{password}"}}' | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
  curl -si {address}/v1/desk/articles -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \
    -d '{{"kind": "news", "texts": {{"en": {{"headline": "The bridge opens in May", "body_markdown": "On Friday."}}}}}}'
"#
        )
    }
}
