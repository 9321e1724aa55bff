//! Days and months, in UTC.

use contract::wire::admin::Period;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};

/// When the period that holds a time began and when it ends, in milliseconds; none for what is prepaid.
pub(crate) fn bounds(period: Period, at: i64) -> Option<(i64, i64)> {
    let day = Offset::UTC.to_datetime(Timestamp::from_millisecond(at).ok()?).date();
    let (began, length) = match period {
        Period::Day => (day, 1.day()),
        Period::Month => (day.first_of_month(), 1.month()),
        Period::Prepaid => return None,
    };
    let millis = |day: Date| {
        let at = Offset::UTC.to_timestamp(day.to_datetime(Time::midnight())).ok()?;
        Some(at.as_millisecond())
    };
    Some((millis(began)?, millis(began.checked_add(length).ok()?)?))
}

/// When the period that holds a time began; 0 for what is prepaid.
pub(crate) fn began(period: Period, at: i64) -> i64 {
    bounds(period, at).map_or(0, |(began, _)| began)
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::time::Time;

    #[test]
    fn a_month_ends_where_the_next_begins() {
        let at: Time = serde_json::from_str("\"2028-02-29T23:59:59.999Z\"").unwrap();
        let show =
            |period| bounds(period, at.0).map(|(began, ends)| format!("{} {}", Time(began), Time(ends)));
        assert_eq!(show(Period::Month).unwrap(), "2028-02-01T00:00:00.000Z 2028-03-01T00:00:00.000Z");
        assert_eq!(show(Period::Day).unwrap(), "2028-02-29T00:00:00.000Z 2028-03-01T00:00:00.000Z");
        assert_eq!(show(Period::Prepaid), None);
    }
}
