//! Identifiers that are digits alone: which countries' they can be, by length, grouping, check digits, and a word
//! nearby where these don't suffice.

use super::candidate::Candidate;
use super::checksums::{digits, ean13, iso7064_11_2, iso7064_11_10, luhn, verhoeff};
use super::payment::routing;
use super::{americas, asia, europe};
use crate::guardrails::session::Finding;

/// What it takes besides the check digits.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// Nothing: so many digits are checked, or are a date, that others hardly pass.
    Form,
    /// The identifier's own grouping, or a text of nothing else.
    Grouped,
    /// A text of nothing else: the answer to a question.
    Alone,
    /// A word nearby; or the identifier's own grouping, in a text of nothing else.
    Named,
}

/// An identifier of digits.
struct Number {
    reason: &'static str,
    length: usize,
    /// How its digits are grouped, if they are.
    groups: &'static [&'static [usize]],
    trust: Trust,
    /// Beginnings of words that name it, in lower case.
    words: &'static [&'static str],
    valid: fn(&[u8]) -> bool,
}

type Groups = &'static [&'static [usize]];
type Words = &'static [&'static str];

const fn number(
    reason: &'static str,
    length: usize,
    groups: Groups,
    trust: Trust,
    words: Words,
    valid: fn(&[u8]) -> bool,
) -> Number {
    Number { reason, length, groups, trust, words, valid }
}

use Trust::{Alone, Form, Grouped, Named};

/// Where two can be meant, the first is.
#[rustfmt::skip]
static NUMBERS: [Number; 44] = [
    number("Canadian social insurance number", 9, &[&[3, 3, 3]], Named, &["sin", "social insurance", "nas", "assurance sociale"], americas::sin),
    number("Australian tax file number", 9, &[&[3, 3, 3]], Named, &["tfn", "tax file"], asia::tfn),
    number("Australian company number", 9, &[&[3, 3, 3]], Named, &["acn", "company number"], asia::acn),
    number("Dutch citizen service number", 9, &[&[3, 3, 3], &[4, 2, 3]], Named, &["bsn", "burgerservice", "sofi"], europe::bsn),
    number("Portuguese tax number", 9, &[&[3, 3, 3]], Named, &["nif", "contribuinte"], europe::nif),
    number("Israeli identity number", 9, &[], Named, &["israeli id", "teudat", "ת.ז", "תעודת זהות"], luhn),
    number("US bank routing number", 9, &[&[4, 4, 1]], Named, &["routing", "aba", "rtn"], routing),
    number("UK NHS number", 10, &[&[3, 3, 4]], Alone, &["nhs"], europe::nhs),
    number("Swedish personal identity number", 10, &[&[6, 4]], Grouped, &["personnummer", "pnr", "samordningsnummer"], europe::personnummer),
    number("Swedish personal identity number", 12, &[&[8, 4]], Form, &[], europe::personnummer),
    number("Danish CPR number", 10, &[&[6, 4]], Named, &["cpr", "personnummer"], europe::cpr),
    number("Polish tax number", 10, &[&[3, 3, 2, 2], &[3, 2, 2, 3]], Named, &["nip"], europe::nip),
    number("Austrian social insurance number", 10, &[&[4, 6]], Named, &["svnr", "sozialversicherung", "sv-nummer"], europe::svnr),
    number("Czech or Slovak birth number", 10, &[&[6, 4]], Grouped, &["rodné čísl", "rodne cisl"], europe::rodne_cislo),
    number("Bulgarian citizen number", 10, &[], Named, &["егн", "egn"], europe::egn),
    number("Australian Medicare number", 10, &[&[4, 5, 1]], Grouped, &["medicare"], asia::medicare),
    number("US provider identifier", 10, &[], Alone, &["npi", "provider"], americas::npi),
    number("Polish PESEL", 11, &[], Alone, &["pesel"], europe::pesel),
    number("German tax number", 11, &[&[2, 3, 3, 3]], Alone, &["steuer", "idnr", "tax id", "tin"], europe::steuer_id),
    number("Norwegian birth number", 11, &[&[6, 5]], Form, &[], europe::fodselsnummer),
    number("Belgian national number", 11, &[&[2, 2, 2, 3, 2], &[6, 3, 2]], Form, &[], europe::rijksregister),
    number("Baltic personal code", 11, &[], Form, &[], europe::isikukood),
    number("Croatian OIB", 11, &[], Named, &["oib"], iso7064_11_10),
    number("Greek AMKA", 11, &[], Form, &[], europe::amka),
    number("Russian insurance number", 11, &[&[3, 3, 3, 2]], Grouped, &["снилс", "snils"], europe::snils),
    number("Turkish identity number", 11, &[], Alone, &["kimlik", "t.c.", "tckn", "turkish id"], asia::tc_kimlik),
    number("Brazilian CPF", 11, &[&[3, 3, 3, 2]], Grouped, &["cpf"], americas::cpf),
    number("Argentine tax number", 11, &[&[2, 8, 1]], Grouped, &["cuit", "cuil"], americas::cuit),
    number("Australian business number", 11, &[&[2, 3, 3, 3]], Grouped, &["abn"], asia::abn),
    number("Russian tax number", 12, &[], Named, &["инн", "inn"], europe::inn),
    number("Indian Aadhaar number", 12, &[&[4, 4, 4]], Alone, &["aadhaar", "aadhar", "uidai", "आधार"], asia::aadhaar),
    number("Japanese individual number", 12, &[&[4, 4, 4]], Named, &["my number", "マイナンバー", "個人番号"], asia::my_number),
    number("Malaysian identity number", 12, &[&[6, 2, 4]], Named, &["nric", "mykad", "kad pengenalan"], asia::mykad),
    number("Korean resident number", 13, &[&[6, 7]], Form, &[], asia::rrn),
    number("Korean resident number", 13, &[&[6, 7]], Grouped, &["rrn", "resident registration", "주민등록"], asia::rrn_of_today),
    number("Thai identity number", 13, &[&[1, 4, 5, 2, 1]], Alone, &["thai id", "ประชาชน", "thai national"], asia::thai),
    number("South African identity number", 13, &[&[6, 4, 2, 1], &[6, 4, 3]], Form, &[], asia::za),
    number("Romanian CNP", 13, &[], Form, &[], europe::cnp),
    number("Swiss AHV number", 13, &[&[3, 4, 4, 2]], Form, &[], |digits| digits.starts_with(&[7, 5, 6]) && ean13(digits)),
    number("Brazilian CNPJ", 14, &[&[2, 3, 3, 4, 2]], Grouped, &["cnpj"], americas::cnpj),
    number("French social security number", 15, &[&[1, 2, 2, 2, 3, 3, 2], &[13, 2]], Form, &[], europe::nir),
    number("Indonesian identity number", 16, &[], Named, &["nik", "ktp"], asia::nik),
    number("Chinese resident number", 18, &[&[6, 8, 4]], Form, &[], |digits| asia::is_chinese_date(digits) && iso7064_11_2(digits)),
    number("Aadhaar virtual identifier", 16, &[&[4, 4, 4, 4]], Named, &["vid", "virtual id"], verhoeff),
];

/// Notes what a run of digits with single separators is, or what its parts between blanks are.
pub(super) fn find(run: &Candidate<'_>, findings: &mut Vec<Finding>) {
    if run.after_sign() {
        return;
    }
    if let Some(finding) = identify(run) {
        findings.push(finding);
    } else {
        let pieces = run.pieces().filter(|piece| piece.span.len() < run.span.len());
        findings.extend(pieces.filter_map(|piece| identify(&piece)));
    }
}

fn identify(run: &Candidate<'_>) -> Option<Finding> {
    let digits = digits(run.value());
    let groups: Vec<usize> = run.value().split(|c: char| !c.is_ascii_digit()).map(str::len).collect();
    let free = !run.after_part_of_a_word();
    let found = NUMBERS.iter().filter(|number| number.length == digits.len()).filter_map(|number| {
        let grouped = number.groups.iter().any(|own| groups == *own);
        if !(groups.len() == 1 || grouped) || !(number.valid)(&digits) {
            return None;
        }
        let word = run.named(number.words);
        let trusted = match number.trust {
            Form => free,
            Grouped => run.alone || (grouped && free),
            Alone => run.alone,
            Named => run.alone && grouped,
        };
        let claim = word.or(trusted.then_some(run.span.start))?;
        Some((word.is_none(), Finding::new(run.span.clone(), "ID", number.reason).claimed_by(claim..claim)))
    });
    // What is named is that, rather than another that it could be too.
    found.min_by_key(|(unnamed, _)| *unnamed).map(|(_, finding)| finding)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Examples that issuers, their standards or the tests of python-stdnum publish, but for the last, in the table's order.
    const EXAMPLES: [&str; 44] = [
        "130692544",
        "876543210",
        "004085616",
        "111222333",
        "123456789",
        "000000018",
        "121042882",
        "9434765919",
        "8112189876",
        "198112189876",
        "0707614285",
        "1234563218",
        "1237010180",
        "7103192745",
        "7523169263",
        "2123456701",
        "1234567893",
        "44051401359",
        "86095742719",
        "15108695088",
        "85073003328",
        "36805280109",
        "33392005961",
        "01013099997",
        "11223344595",
        "10000000146",
        "39053344705",
        "20267565393",
        "51824753556",
        "500100732259",
        "234123412346",
        "123456789018",
        "770305021234",
        "9710139019902",
        "0005053637892",
        "3456789012347",
        "8001015009087",
        "1630615123457",
        "7569217076985",
        "16727230000197",
        "295109912611193",
        "3171234107700001",
        "360426199101010071",
        "2341234123412341",
    ];

    /// Whose last digit checks nothing.
    const UNCHECKED: [&str; 5] = [
        "Danish CPR number",
        "Austrian social insurance number",
        "Australian Medicare number",
        "Malaysian identity number",
        "Indonesian identity number",
    ];

    #[test]
    fn each_identifier_accepts_its_example_and_no_other_check_digit() {
        let mut wrong = Vec::new();
        for (number, example) in NUMBERS.iter().zip(EXAMPLES) {
            let digits = digits(example);
            let (last, others) = digits.split_last().unwrap();
            let right = (0..=9u8).filter(|digit| (number.valid)(&[others, &[*digit]].concat()));
            let right: Vec<u8> = right.collect();
            let of_today = number.trust == Grouped && number.reason == "Korean resident number";
            let unchecked = of_today || UNCHECKED.contains(&number.reason);
            let groups = number.groups.iter().all(|groups| groups.iter().sum::<usize>() == number.length);
            if !right.contains(last)
                || (right.len() > 1 && !unchecked)
                || digits.len() != number.length
                || !groups
            {
                wrong.push((number.reason, right));
            }
        }
        assert_eq!(wrong, []);
    }
}
