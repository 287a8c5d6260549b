use std::collections::BTreeMap;

/// A text of the facts, by its place in a [`SymbolTable`]. Order of symbols = order of texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sym(pub u32);

impl Sym {
    /// The empty text: always the first of a table.
    pub const EMPTY: Self = Self(0);

    /// The place in the table.
    pub fn index(self) -> usize {
        usize::try_from(self.0).expect("a u32 fits a usize on every machine this builds for")
    }

    /// Whether the text is empty.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// The distinct texts of the facts, sorted by their bytes, the empty text first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SymbolTable {
    texts: Vec<Box<str>>,
}

impl SymbolTable {
    /// Sorts the texts, drops repeats, and puts the empty text first.
    pub fn from_texts(texts: impl IntoIterator<Item = Box<str>>) -> Self {
        let mut texts: Vec<Box<str>> = texts.into_iter().chain([Box::from("")]).collect();
        texts.sort_unstable();
        texts.dedup();
        Self { texts }
    }

    /// The text of a symbol of this table.
    pub fn text(&self, symbol: Sym) -> &str {
        &self.texts[symbol.index()]
    }

    /// The symbol of a text, if the table has it.
    pub fn find(&self, text: &str) -> Option<Sym> {
        let place = self.texts.binary_search_by(|known| (**known).cmp(text)).ok()?;
        u32::try_from(place).ok().map(Sym)
    }

    /// All texts in order.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(AsRef::as_ref)
    }

    /// How many texts there are, the empty one included.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Never true: the empty text is always there.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// A value for every text, computed once: rules that match on text run per text, not per fact.
    pub fn map<T>(&self, rule: impl Fn(&str) -> T) -> BTreeMap<Sym, T> {
        let symbols = (0..).map(Sym);
        symbols.zip(self.texts()).map(|(symbol, text)| (symbol, rule(text))).collect()
    }
}

impl Default for SymbolTable {
    fn default() -> Self {
        Self::from_texts([])
    }
}
