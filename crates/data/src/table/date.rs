//! Dates as ISO 8601 writes them, as numbers of days.

/// Seconds of a day.
const DAY: f64 = 86_400.0;

/// The days from 1970-01-01 to a date (`2024-03-01`) or a time of a date (`2024-03-01T12:30:00Z`, with a space for the
/// T, without seconds, with their fractions, with an offset such as `+02:00`); `None` if `text` is neither. Times
/// without an offset are taken as those of UTC.
pub(crate) fn parse(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let date = bytes.get(..10)?;
    let (year, month, day) = (number(&date[..4])?, number(&date[5..7])?, number(&date[8..])?);
    if date[4] != b'-' || date[7] != b'-' || !(1..=12).contains(&month) {
        return None;
    }
    if day == 0 || day > month_days(year, month) {
        return None;
    }
    let days = f64::from(days(i64::from(year), i64::from(month), i64::from(day)) as i32);
    match bytes.get(10) {
        None => Some(days),
        Some(b'T' | b't' | b' ') => Some(days + seconds(&bytes[11..])? / DAY),
        Some(_) => None,
    }
}

/// The days from 1970-01-01 to a date of the proleptic Gregorian calendar. Years are counted from March, so that the
/// leap day is the last: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2021), `days_from_civil`.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The year, month and day that lie so many days after 1970-01-01 (`civil_from_days`, as above).
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// A number of days since 1970-01-01 as ISO 8601 writes it: a date, and the time to the millisecond where it is not
/// midnight. `None` outside of the years 0 to 9999.
///
/// ```
/// use ndgrad_data::date_text;
/// assert_eq!(date_text(19783.0).as_deref(), Some("2024-03-01"));
/// assert_eq!(date_text(0.5).as_deref(), Some("1970-01-01T12:00:00"));
/// ```
pub fn format(days: f64) -> Option<String> {
    const MILLISECONDS: i64 = 86_400_000;
    let whole = days.floor();
    if !(-719_528.0..2_932_897.0).contains(&whole) {
        return None;
    }
    let rest = ((days - whole) * MILLISECONDS as f64).round() as i64;
    let (year, month, day) = civil(whole as i64 + rest / MILLISECONDS);
    let rest = rest % MILLISECONDS;
    let date = format!("{year:04}-{month:02}-{day:02}");
    if rest == 0 {
        return Some(date);
    }
    let (seconds, fraction) = (rest / 1000, rest % 1000);
    let time = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    Some(if fraction == 0 { format!("{date}T{time}") } else { format!("{date}T{time}.{fraction:03}") })
}

fn month_days(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The seconds from midnight, UTC, to a time.
fn seconds(time: &[u8]) -> Option<f64> {
    let [h1, h2, b':', m1, m2, rest @ ..] = time else { return None };
    let (hour, minute) = (number(&[*h1, *h2])?, number(&[*m1, *m2])?);
    if hour > 23 || minute > 59 {
        return None;
    }
    let mut seconds = f64::from(hour * 3600 + minute * 60);
    let mut rest = rest;
    if let [b':', s1, s2, after @ ..] = rest {
        let second = number(&[*s1, *s2]).filter(|second| *second <= 60)?;
        seconds += f64::from(second);
        rest = after;
        if let [b'.' | b',', after @ ..] = rest {
            let digits = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let fraction = std::str::from_utf8(&after[..digits]).ok().filter(|_| digits > 0)?;
            seconds += format!("0.{fraction}").parse::<f64>().ok()?;
            rest = &after[digits..];
        }
    }
    Some(seconds - offset(rest)?)
}

/// The seconds by which a zone's clocks are ahead of UTC's.
fn offset(zone: &[u8]) -> Option<f64> {
    let (sign, hours, minutes) = match zone {
        [] | [b'Z' | b'z'] => return Some(0.0),
        [sign, h1, h2] => (sign, [*h1, *h2], *b"00"),
        [sign, h1, h2, b':', m1, m2] | [sign, h1, h2, m1, m2] => (sign, [*h1, *h2], [*m1, *m2]),
        _ => return None,
    };
    let seconds = f64::from(number(&hours)? * 3600 + number(&minutes)? * 60);
    match sign {
        b'+' => Some(seconds),
        b'-' => Some(-seconds),
        _ => None,
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    digits
        .iter()
        .try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// From Python 3.11: `(datetime.date(…) - datetime.date(1970, 1, 1)).days`.
    #[test]
    fn days_are_those_of_the_calendar() {
        let days = [
            ("1970-01-01", 0.0),
            ("1969-12-31", -1.0),
            ("2000-02-29", 11016.0),
            ("2024-03-01", 19783.0),
            ("1900-03-01", -25508.0),
            ("0001-01-01", -719162.0),
            ("9999-12-31", 2932896.0),
        ];
        for (text, number) in days {
            assert_eq!(parse(text), Some(number), "{text}");
            assert_eq!(format(number).as_deref(), Some(text));
        }
    }

    #[test]
    fn times_are_fractions_of_a_day() {
        let times = [
            ("1970-01-02T12:00", 1.5),
            ("1970-01-02 06:00:00", 1.25),
            ("1970-01-02T00:00:00Z", 1.0),
            ("1970-01-02T01:30:00+01:30", 1.0),
            ("1970-01-01T22:00:00-0200", 1.0),
            ("1970-01-01T23:00:00-01", 1.0),
            ("1970-01-01T00:00:43.2", 0.0005),
        ];
        for (text, number) in times {
            assert_eq!(parse(text), Some(number), "{text}");
        }
        assert_eq!(format(1.5).as_deref(), Some("1970-01-02T12:00:00"));
        assert_eq!(format(0.0005).as_deref(), Some("1970-01-01T00:00:43.200"));
        assert_eq!(format(1.0 - 1e-12).as_deref(), Some("1970-01-02"));
    }

    #[test]
    fn what_is_no_date() {
        for text in [
            "2023-02-29",
            "1900-02-29",
            "2024-13-01",
            "2024-00-01",
            "2024-01-00",
            "2024-04-31",
            "2024-1-1",
            "20240101",
            "2024-01-01x",
            "2024-01-01T",
            "2024-01-01T24:00",
            "2024-01-01T12:60",
            "2024-01-01T12:00:61",
            "2024-01-01T12:00:00.",
            "2024-01-01T12:00+1",
            "2024/01/01",
            "01-01-2024",
            "",
            "2024-01-0é",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(format(f64::NAN), None);
        assert_eq!(format(1e9), None);
    }

    proptest! {
        #[test]
        fn every_day_reads_back(days in -719_528i32..2_932_897) {
            let text = format(days.into()).unwrap();
            prop_assert_eq!(parse(&text), Some(days.into()));
        }

        #[test]
        fn no_text_panics(text in "[0-9T:.+Z -]{0,30}|\\PC{0,20}") {
            parse(&text);
        }
    }
}
