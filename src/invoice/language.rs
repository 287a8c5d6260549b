use crate::period::BillingPeriod;
use crate::terms::{Project, Section};

/// The language of the documents for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// What counts where nothing is said.
    Japanese,
    /// `language = en` of the project.
    English,
}

impl Language {
    /// The language of a project.
    pub fn of(project: &Project) -> Self {
        if project.language == "en" { Self::English } else { Self::Japanese }
    }

    /// The Japanese or the English of two texts that say the same.
    pub fn pick<T>(self, (japanese, english): (T, T)) -> T {
        match self {
            Self::Japanese => japanese,
            Self::English => english,
        }
    }

    /// Its tag as BCP 47 has it.
    pub fn tag(self) -> &'static str {
        self.pick(("ja", "en"))
    }

    /// The name of a part of the AWS charges.
    pub fn section(self, section: Section) -> &'static str {
        self.pick(match section {
            Section::AwsUsage => ("AWS利用料", "AWS usage"),
            Section::CommitmentFees => ("RI・Savings Plans 料金", "RI and Savings Plans fees"),
            Section::Marketplace => ("AWS Marketplace", "AWS Marketplace"),
            Section::Credits => ("クレジット・返金", "Credits and refunds"),
        })
    }

    /// `2025年5月`, `May 2025`.
    pub fn month(self, period: BillingPeriod) -> String {
        match self {
            Self::Japanese => format!("{}年{}月", period.year(), period.month()),
            Self::English => format!("{} {}", month_name(u32::try_from(period.month()).unwrap_or(0)), period.year()),
        }
    }

    /// The description of a line of AWS charges: `AWS利用料 2025年5月分`, `AWS usage, May 2025`.
    pub fn aws_line(self, section: Section, period: BillingPeriod) -> String {
        let (section, month) = (self.section(section), self.month(period));
        self.pick((format!("{section} {month}分"), format!("{section}, {month}")))
    }
}

/// The English name of a month, 1 to 12.
pub fn month_name(month: u32) -> &'static str {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    month.checked_sub(1).and_then(|place| NAMES.get(place as usize)).copied().unwrap_or_default()
}
