//! A question as words to search for.

/// Words that say nothing of what is asked for, a language each: the English ones first, which count where none leads.
const STOP_WORDS: [&str; 3] = [ENGLISH, GERMAN, SPANISH];

/// Articles, pronouns, prepositions, auxiliaries and question words of English.
const ENGLISH: &str = "a about also am an and any are as at be been but by can could did do does each every for from \
    get had has have how i if in into is it its just long many may me much must my no not of on one \
    or our please s shall should so some t tell than that the their them then there these they this \
    those to up us was we were what whats when where which while who whom whose why will with would \
    you your";

/// The same of German.
const GERMAN: &str = "aber als am an auch auf aus bei bin bis bitte da damit darf dann das dass dein dem den der des \
    die dies diese dieser dieses doch du durch ein eine einem einen einer eines er es für gibt habe \
    haben hat ich ihr im in ist ja kann kein keine können man mein meine meinem meinen meiner mich \
    mir mit muss nach nicht noch nur ob oder ohne sein sich sie sind so über um und uns unter vom \
    von vor wann war was welche welchem welchen welcher welches wenn wer werden wie wieviel wieviele \
    viel viele wir wird wo zu zum zur";

/// The same of Spanish.
const SPANISH: &str = "a al ante como cómo con cuál cuáles cuando cuándo cuánta cuántas cuánto cuántos cuanto de del \
    desde donde dónde durante e el ella en entre es esa ese eso esta está este esto estoy fue ha \
    hace hasta hay la las le lo los me mi mis muy no nos o para pero por porque puede puedo qué que \
    quién se sea ser si sí sin sobre son soy su sus también te tengo tiene tu un una unas uno unos y \
    ya yo";

/// Most words of a question that are searched for.
const MOST: usize = 64;

/// The words of a question, lower-case, each once, without those that say nothing (unless there are no others).
pub(super) fn words(question: &str) -> Vec<String> {
    let lower = question.to_lowercase().replace('\u{2019}', "'");
    let all = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut words: Vec<String> = Vec::new();
    for word in all {
        if words.len() < MOST && !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    let stop_words = stop_words(&words);
    let telling: Vec<String> =
        words.iter().filter(|word| !stop_words.contains(&word.as_str())).cloned().collect();
    if telling.is_empty() { words } else { telling }
}

/// The stop words of the language that most of a question's words are stop words of.
fn stop_words(words: &[String]) -> Vec<&'static str> {
    let lists = STOP_WORDS.iter().map(|list| list.split_whitespace().collect::<Vec<_>>());
    let hits = |list: &Vec<&str>| words.iter().filter(|word| list.contains(&word.as_str())).count();
    lists.rev().max_by_key(hits).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_say_nothing_are_left_out() {
        assert_eq!(words("What's the remote work policy?"), ["remote", "work", "policy"]);
        assert_eq!(words("Who are you?"), ["who", "are", "you"]);
        assert!(words("?!").is_empty());
        assert_eq!(words("Wie viele Gleittage darf man nehmen?"), ["gleittage", "nehmen"]);
        assert_eq!(words("¿Hay una piscina para la plantilla?"), ["piscina", "plantilla"]);
        assert_eq!(words("Can the old die be replaced?"), ["old", "die", "replaced"]);
    }
}
