//! From a filter's text to what it asks, by recursive descent.

use super::{Filter, Operator, invalid};
use crate::error::Error;
use crate::scim::schema::{Attribute, Kind, Named, Place, ResourceType};
use serde_json::Value;

/// How deep filters may stand in each other.
const DEEPEST: usize = 32;

/// What a filter's names are looked up in.
#[derive(Clone, Copy, Debug)]
pub(in crate::scim) enum Scope {
    /// A resource.
    Resource(&'static ResourceType),
    /// A value of an attribute.
    Value(&'static Attribute),
}

impl Scope {
    fn find(self, name: &str) -> Result<Place, Error> {
        let found = match self {
            Self::Resource(kind) => match kind.find(name) {
                Some(Named::Place(place)) => Some(place),
                _ => None,
            },
            Self::Value(attribute) => {
                attribute.sub(name).map(|attribute| Place { extension: None, attribute, sub: None })
            }
        };
        found.ok_or_else(|| invalid(format!("There is no attribute `{name}`.")))
    }
}

/// Reads a text from left to right.
pub(in crate::scim) struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Reader<'a> {
    pub(in crate::scim) fn new(text: &'a str) -> Self {
        Self { rest: text, depth: 0 }
    }

    /// The filter that the whole text is.
    ///
    /// # Errors
    /// If it is none.
    pub(in crate::scim) fn whole(mut self, scope: Scope) -> Result<Filter, Error> {
        let filter = self.any_of(scope)?;
        if self.rest.trim().is_empty() { Ok(filter) } else { Err(self.unexpected()) }
    }

    /// The filter in brackets, if the text goes on with one.
    ///
    /// # Errors
    /// If it is none, or does not end.
    pub(in crate::scim) fn in_brackets(
        &mut self,
        attribute: &'static Attribute,
    ) -> Result<Option<Filter>, Error> {
        if !self.takes('[') {
            return Ok(None);
        }
        let filter = self.any_of(Scope::Value(attribute))?;
        if self.takes(']') { Ok(Some(filter)) } else { Err(self.unexpected()) }
    }

    /// What is not read yet.
    pub(in crate::scim) fn rest(&self) -> &'a str {
        self.rest
    }

    fn any_of(&mut self, scope: Scope) -> Result<Filter, Error> {
        let mut filter = self.all_of(scope)?;
        while self.takes_word("or") {
            filter = Filter::Or(Box::new(filter), Box::new(self.all_of(scope)?));
        }
        Ok(filter)
    }

    fn all_of(&mut self, scope: Scope) -> Result<Filter, Error> {
        let mut filter = self.one(scope)?;
        while self.takes_word("and") {
            filter = Filter::And(Box::new(filter), Box::new(self.one(scope)?));
        }
        Ok(filter)
    }

    fn one(&mut self, scope: Scope) -> Result<Filter, Error> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(invalid("The filter is nested too deep."));
        }
        let before = self.rest;
        let is_not = self.takes_word("not");
        let filter = if self.takes('(') {
            let filter = self.any_of(scope)?;
            if !self.takes(')') {
                return Err(self.unexpected());
            }
            if is_not { Filter::Not(Box::new(filter)) } else { filter }
        } else {
            self.rest = before;
            self.comparison(scope)?
        };
        self.depth -= 1;
        Ok(filter)
    }

    fn comparison(&mut self, scope: Scope) -> Result<Filter, Error> {
        let name = self.word();
        if name.is_empty() {
            return Err(self.unexpected());
        }
        let place = scope.find(name)?;
        if matches!(place.attribute.kind, Kind::Complex(_))
            && place.sub.is_none()
            && let Some(filter) = self.in_brackets(place.attribute)?
        {
            return Ok(Filter::Value(place, Box::new(filter)));
        }
        let word = self.word();
        let operator = match word.to_ascii_lowercase().as_str() {
            "pr" => return Ok(Filter::Present(place)),
            "eq" => Operator::Equal,
            "ne" => Operator::NotEqual,
            "co" => Operator::Contains,
            "sw" => Operator::StartsWith,
            "ew" => Operator::EndsWith,
            "gt" => Operator::Greater,
            "ge" => Operator::GreaterOrEqual,
            "lt" => Operator::Less,
            "le" => Operator::LessOrEqual,
            _ => {
                let message =
                    format!("`{word}` is no operator: use eq, ne, co, sw, ew, gt, ge, lt, le or pr.");
                return Err(invalid(message));
            }
        };
        Ok(Filter::Compare(place, operator, self.value()?))
    }

    /// A JSON text, number, true, false or null.
    fn value(&mut self) -> Result<Value, Error> {
        let text = self.rest.trim_start();
        let (value, end) = if text.starts_with('"') {
            let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
            (values.next().and_then(Result::ok), values.byte_offset())
        } else {
            let end = text.find(|c: char| c.is_whitespace() || matches!(c, ')' | ']')).unwrap_or(text.len());
            let value = serde_json::from_str::<Value>(&text[..end]).ok();
            (value.filter(|value| !value.is_array() && !value.is_object()), end)
        };
        let value = value.ok_or_else(|| self.unexpected())?;
        self.rest = &text[end..];
        Ok(value)
    }

    fn word(&mut self) -> &'a str {
        let text = self.rest.trim_start();
        let is_of_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | ':' | '.' | '-');
        let end = text.find(|c| !is_of_word(c)).unwrap_or(text.len());
        self.rest = &text[end..];
        &text[..end]
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let before = self.rest;
        let is_it = self.word().eq_ignore_ascii_case(word);
        if !is_it {
            self.rest = before;
        }
        is_it
    }

    fn takes(&mut self, sign: char) -> bool {
        match self.rest.trim_start().strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn unexpected(&self) -> Error {
        let rest: String = self.rest.trim_start().chars().take(40).collect();
        match rest.as_str() {
            "" => invalid("The filter ends too early."),
            rest => invalid(format!("The filter can't be read from `{rest}` on.")),
        }
    }
}
