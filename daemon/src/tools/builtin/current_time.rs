//! `current_time`: what time it is.

use super::super::{Bringing, Done, Tool, Wanted};
use futures::FutureExt;
use jiff::Timestamp;
use jiff::tz::Offset;
use serde_json::{Value, json};

pub(super) struct CurrentTime;

impl Tool for CurrentTime {
    fn name(&self) -> &str {
        "current_time"
    }

    fn description(&self) -> &str {
        "The present date, time and day of the week, in UTC or at an offset from it."
    }

    fn parameters(&self) -> Value {
        json!({
            "type": "object",
            "properties": {
                "utc_offset": {"type": "string", "pattern": "^[+-](0[0-9]|1[0-4]):[0-5][0-9]$", "description": "Such as +02:00; UTC without it"},
            },
            "additionalProperties": false,
        })
    }

    fn call<'a>(&'a self, wanted: Wanted<'a>) -> Bringing<'a> {
        let now = wanted.app.books.clock.now();
        let told = Timestamp::from_millisecond(now.0).map_err(|error| error.to_string()).and_then(|at| {
            let asked = Some(wanted.text("utc_offset")).filter(|asked| !asked.is_empty()).unwrap_or("+00:00");
            let at = offset(asked)?.to_datetime(at);
            Ok(Done::new(json!({
                "time": format!("{}{asked}", at.strftime("%Y-%m-%dT%H:%M:%S")),
                "date": at.date().to_string(),
                "weekday": at.strftime("%A").to_string(),
            })))
        });
        async { told }.boxed()
    }
}

/// The offset that a text of the schema's form means.
fn offset(text: &str) -> Result<Offset, String> {
    let part = |from: usize| text.get(from..from + 2).and_then(|digits| digits.parse::<i32>().ok());
    let (hours, minutes) = part(1).zip(part(4)).ok_or("an offset is such as +02:00")?;
    let seconds = (hours * 60 + minutes) * 60;
    let seconds = if text.starts_with('-') { -seconds } else { seconds };
    Offset::from_seconds(seconds).map_err(|error| error.to_string())
}
