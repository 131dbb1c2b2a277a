//! Machine keys with their values, in the order of the keys. A handful: a list, and no tree.

/// Keys and values, each key once.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Settings(Vec<(String, String)>);

impl Settings {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    /// Sets a key; an empty value takes it away.
    pub fn set(&mut self, key: &str, value: &str) {
        let at = self.0.partition_point(|(known, _)| known.as_str() < key);
        let there = self.0.get(at).is_some_and(|(known, _)| known == key);
        match (there, value.is_empty()) {
            (true, true) => drop(self.0.remove(at)),
            (true, false) => value.clone_into(&mut self.0[at].1),
            (false, true) => {}
            (false, false) => self.0.insert(at, (key.to_owned(), value.to_owned())),
        }
    }

    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everything, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_set_once_in_order_and_taken_away() {
        let mut settings = Settings::default();
        for (key, value) in [("tlb", "4"), ("frames", "2"), ("tlb", "8"), ("page", "16"), ("page", "")] {
            settings.set(key, value);
        }
        assert_eq!(settings.iter().collect::<Vec<_>>(), [("frames", "2"), ("tlb", "8")]);
        assert_eq!((settings.get("tlb"), settings.get("page")), (Some("8"), None));
    }
}
