//! Arithmetic in exact decimals of up to 28 digits: `+ - * / % ^`, parentheses, and a few functions.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Most bytes of an expression, and how deep it may nest.
const MOST_BYTES: usize = 1000;
const MOST_DEPTH: usize = 50;

/// Most that something is raised to.
const MOST_POWER: u32 = 1000;

/// What an expression comes to.
///
/// # Errors
/// If it is none, or its value has no place in 28 digits.
pub(super) fn evaluate(expression: &str) -> Result<Decimal, String> {
    if expression.len() > MOST_BYTES {
        return Err(format!("an expression has {MOST_BYTES} bytes at most"));
    }
    let mut parser = Parser { rest: expression, depth: 0, calls: 0 };
    let value = parser.sum()?;
    parser.skip();
    match parser.rest.chars().next() {
        None => Ok(value.normalize()),
        Some(sign) => Err(format!("`{sign}` is not expected there")),
    }
}

fn too_large() -> String {
    "the value is too large: 28 digits are the most".into()
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
    /// How many functions it is inside of.
    calls: usize,
}

impl Parser<'_> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Takes one of the signs, if it comes next.
    fn take(&mut self, signs: &[char]) -> Option<char> {
        self.skip();
        let sign = self.rest.chars().next().filter(|sign| signs.contains(sign))?;
        self.rest = &self.rest[sign.len_utf8()..];
        Some(sign)
    }

    fn sum(&mut self) -> Result<Decimal, String> {
        let mut value = self.product()?;
        while let Some(sign) = self.take(&['+', '-', '−']) {
            let next = self.product()?;
            let sum = if sign == '+' { value.checked_add(next) } else { value.checked_sub(next) };
            value = sum.ok_or_else(too_large)?;
        }
        Ok(value)
    }

    fn product(&mut self) -> Result<Decimal, String> {
        let mut value = self.signed()?;
        while let Some(sign) = self.take(&['*', '×', '·', '/', '÷', '%']) {
            let next = self.signed()?;
            let product = match sign {
                '*' | '×' | '·' => value.checked_mul(next).ok_or_else(too_large),
                _ if next.is_zero() => Err("nothing can be divided by zero".into()),
                '%' => value.checked_rem(next).ok_or_else(too_large),
                _ => value.checked_div(next).ok_or_else(too_large),
            };
            value = product?;
        }
        Ok(value)
    }

    /// A minus binds less than a power: -2^2 is -4.
    fn signed(&mut self) -> Result<Decimal, String> {
        self.deeper()?;
        let value = match self.take(&['+', '-', '−']) {
            None => self.power(),
            Some('+') => self.signed(),
            Some(_) => self.signed().map(|value| -value),
        };
        self.depth -= 1;
        value
    }

    fn power(&mut self) -> Result<Decimal, String> {
        let base = self.atom()?;
        if self.take(&['^']).is_none() {
            return Ok(base);
        }
        let exponent = self.signed()?;
        let whole = exponent.abs().to_u32().filter(|n| Decimal::from(*n) == exponent.abs());
        let times = whole.filter(|n| *n <= MOST_POWER).ok_or_else(|| {
            format!("something is raised to whole numbers only, from -{MOST_POWER} to {MOST_POWER}")
        })?;
        let raised =
            (0..times).try_fold(Decimal::ONE, |value, _| value.checked_mul(base)).ok_or_else(too_large)?;
        match exponent.is_sign_negative() {
            false => Ok(raised),
            true => Decimal::ONE.checked_div(raised).ok_or_else(|| "nothing can be divided by zero".into()),
        }
    }

    fn atom(&mut self) -> Result<Decimal, String> {
        if self.take(&['(']).is_some() {
            let value = self.sum()?;
            return self.closed(value);
        }
        self.skip();
        let starts = |sign: char| sign.is_ascii_digit() || sign == '.';
        if self.rest.starts_with(starts) {
            return self.number();
        }
        let end = self.rest.find(|sign: char| !sign.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        self.call(&name.to_ascii_lowercase())
    }

    fn closed(&mut self, value: Decimal) -> Result<Decimal, String> {
        self.take(&[')']).map(|_| value).ok_or_else(|| "a `)` is missing".into())
    }

    /// A number. Commas group the digits of its whole part by three, but for arguments of functions, between which they
    /// stand.
    fn number(&mut self) -> Result<Decimal, String> {
        let part = |sign: char| sign.is_ascii_digit() || matches!(sign, '.' | ',');
        let end = self.rest.find(|sign| !part(sign)).unwrap_or(self.rest.len());
        let text = &self.rest[..end];
        let may_group = if self.calls > 0 { 0 } else { text.find('.').unwrap_or(text.len()) };
        let end = text[may_group..].find(',').map_or(end, |comma| may_group + comma);
        let text = &text[..end];
        let (whole, _) = text.split_once('.').unwrap_or((text, ""));
        let mut groups = whole.split(',');
        let first = groups.next().unwrap_or_default();
        let is_grouped = groups.all(|group| group.len() == 3) && (first.len() <= 3 || !whole.contains(','));
        let text = if is_grouped { text } else { first };
        self.rest = &self.rest[text.len()..];
        let wrong = |_| format!("`{text}` is no number of up to 28 digits");
        Decimal::from_str_exact(&text.replace(',', "")).map_err(wrong)
    }

    fn call(&mut self, name: &str) -> Result<Decimal, String> {
        let unknown = || match name {
            "" => "a number is missing".to_owned(),
            name => {
                format!("there is no function `{name}`: there are abs, ceil, floor, max, min, round, sum")
            }
        };
        if !["abs", "ceil", "floor", "max", "min", "round", "sum"].contains(&name)
            || self.take(&['(']).is_none()
        {
            return Err(unknown());
        }
        self.calls += 1;
        let mut value = self.sum()?;
        match name {
            "abs" => value = value.abs(),
            "ceil" => value = value.ceil(),
            "floor" => value = value.floor(),
            _ => {}
        }
        let mut places = None;
        while self.take(&[',', ';']).is_some() {
            let next = self.sum()?;
            match name {
                "max" => value = value.max(next),
                "min" => value = value.min(next),
                "sum" => value = value.checked_add(next).ok_or_else(too_large)?,
                "round" if places.is_none() => places = Some(next),
                _ => return Err(format!("`{name}` takes fewer arguments")),
            }
        }
        if name == "round" {
            let places = places.unwrap_or_default().to_u32().filter(|places| *places <= 28);
            let places = places.ok_or_else(|| "a value is rounded to 0 to 28 places".to_owned())?;
            value =
                value.round_dp_with_strategy(places, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
        }
        self.calls -= 1;
        self.closed(value)
    }

    fn deeper(&mut self) -> Result<(), String> {
        self.depth += 1;
        if self.depth > MOST_DEPTH { Err(format!("it nests deeper than {MOST_DEPTH}")) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::evaluate;

    #[test]
    fn arithmetic_is_exact() {
        for (expression, value) in [
            ("0.1 + 0.2", "0.3"),
            ("2 + 3 * 4", "14"),
            ("(2 + 3) * 4", "20"),
            ("10 - 4 - 3", "3"),
            ("-2^2", "-4"),
            ("2^3^2", "512"),
            ("2^-2", "0.25"),
            ("1,250.50 × 12", "15006"),
            ("1,000,000 / 8", "125000"),
            ("17 % 5", "2"),
            ("round(2.345, 2) + max(1, 7, 3) - abs(-2)", "7.35"),
            ("sum(1,2,3)", "6"),
            ("sum(100,200)", "300"),
            ("max(1.5,2)", "2"),
            ("sum(100,(200)) + 1,000", "1300"),
            ("7 ÷ 2", "3.5"),
            ("1 / 3", "0.3333333333333333333333333333"),
        ] {
            assert_eq!(evaluate(expression).unwrap().to_string(), value, "{expression}");
        }
    }

    #[test]
    fn what_is_no_arithmetic_says_why() {
        let deep = format!("{}1{}", "(".repeat(400), ")".repeat(400));
        for (expression, says) in [
            ("", "missing"),
            ("1 / 0", "zero"),
            ("1 / (2 - 2)", "zero"),
            ("0^-1", "zero"),
            ("2 +", "missing"),
            ("(1", "`)`"),
            ("1 2", "not expected"),
            ("1.5,000", "not expected"),
            ("1,25", "not expected"),
            ("system(1)", "no function"),
            ("10^30", "too large"),
            ("2^0.5", "whole numbers"),
            ("9^99999", "whole numbers"),
            (deep.as_str(), "deeper"),
            (&"1+".repeat(600), "at most"),
        ] {
            let error = evaluate(expression).unwrap_err();
            assert!(error.contains(says), "{expression}: {error}");
        }
    }
}
