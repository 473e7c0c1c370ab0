//! `ocpp schedule lines`: one situation in, one composite schedule out.

use std::io::{self, BufRead, BufWriter, Write};

use ocpp_report::schedule::answer;
use serde::Serialize;

#[derive(Serialize)]
struct Failure {
    error: String,
}

/// Answers every line, in order, until the end of the input. Answers are flushed whenever no further line is waiting.
pub(crate) fn run(mut input: impl BufRead, output: impl Write) -> io::Result<()> {
    let mut output = BufWriter::new(output);
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return output.flush();
        }
        let text = String::from_utf8_lossy(&line);
        match answer(&text) {
            Ok(answer) => serde_json::to_writer(&mut output, &answer)?,
            Err(error) => {
                serde_json::to_writer(
                    &mut output,
                    &Failure {
                        error: error.to_string(),
                    },
                )?;
            }
        }
        output.write_all(b"\n")?;
        // A partner that waits for its answer before it goes on must get it.
        output.flush()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(input: &str) -> Vec<String> {
        let mut output = Vec::new();
        run(input.as_bytes(), &mut output).unwrap();
        String::from_utf8(output)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect()
    }

    const CONFIG: &str = r#""config":{"voltage":230,"phases":3,"defaultLimitA":48,"defaultLimitW":33120,"evseCount":1}"#;

    #[test]
    fn the_example_of_the_protocol() {
        let line = r#"{"version":"1.6","profiles":[{"connectorId":1,"profile":{"chargingProfileId":1,"stackLevel":0,"chargingProfilePurpose":"TxProfile","chargingProfileKind":"Relative","chargingSchedule":{"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":20.0},{"startPeriod":120,"limit":30}]}}}],"transaction":{"connectorId":1,"startTime":"2024-05-15T11:58:30Z","transactionId":5},"request":{"connectorId":1,"startTime":"2024-05-15T12:00:00Z","duration":300,"chargingRateUnit":"A"},"#;
        assert_eq!(
            answers(&format!("{line}{CONFIG}}}\n")),
            [
                r#"{"chargingRateUnit":"A","duration":300,"periods":[{"startPeriod":0,"limit":20,"numberPhases":3},{"startPeriod":30,"limit":30,"numberPhases":3}]}"#
            ]
        );
    }

    #[test]
    fn a_line_that_cannot_be_answered_says_why_and_the_next_is_answered() {
        let good = format!(
            r#"{{"version":"2.0.1","profiles":[],"transaction":null,"request":{{"evseId":0,"startTime":"2024-05-15T14:00:00.5+02:00","duration":60,"chargingRateUnit":"W"}},{CONFIG}}}"#
        );
        let unknown_evse = good.replace("\"evseId\":0", "\"evseId\":7");
        let no_window = good.replace("\"duration\":60", "\"duration\":0");
        let all = answers(&format!("\n{{}}\n{unknown_evse}\n{no_window}\n{good}"));
        assert_eq!(all.len(), 5);
        for answer in &all[..4] {
            assert!(answer.starts_with("{\"error\":"), "{answer}");
        }
        assert_eq!(
            all[4],
            r#"{"chargingRateUnit":"W","duration":60,"periods":[{"startPeriod":0,"limit":33120,"numberPhases":3}]}"#
        );
    }

    #[test]
    fn profiles_that_the_store_refuses_do_not_count_and_are_named() {
        let profile = |id: i64, limit: i64| {
            format!(
                r#"{{"evseId":1,"profile":{{"id":{id},"stackLevel":0,"chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Absolute","chargingSchedule":[{{"id":1,"startSchedule":"2024-01-01T00:00:00Z","chargingRateUnit":"A","chargingSchedulePeriod":[{{"startPeriod":0,"limit":{limit}}}]}}]}}}}"#
            )
        };
        let line = |version: &str, profiles: &str| {
            format!(
                r#"{{"version":"{version}","profiles":[{profiles}],"transaction":null,"request":{{"evseId":1,"startTime":"2024-05-15T12:00:00Z","duration":60,"chargingRateUnit":"A"}},{CONFIG}}}"#
            )
        };
        let both = format!("{},{}", profile(1, 10), profile(2, 20));
        let answer = &answers(&line("2.0.1", &both))[0];
        assert!(answer.contains(r#""limit":10,"#), "{answer}");
        assert!(answer.contains("K01.FR.06"), "{answer}");
        // 2.1 as well; and the same identifier replaces.
        let both = format!("{},{}", profile(1, 10), profile(1, 20));
        let answer = &answers(&line("2.1", &both))[0];
        assert!(answer.contains(r#""limit":20,"#), "{answer}");
    }

    #[test]
    fn a_schedule_without_a_period_is_no_profile_in_any_version() {
        for (version, profile) in [
            (
                "1.6",
                r#"{"chargingProfileId":1,"stackLevel":0,"chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative","chargingSchedule":{"chargingRateUnit":"A","chargingSchedulePeriod":[]}}"#,
            ),
            (
                "2.0.1",
                r#"{"id":1,"stackLevel":0,"chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Relative","chargingSchedule":[{"id":1,"chargingRateUnit":"A","chargingSchedulePeriod":[]}]}"#,
            ),
        ] {
            let line = format!(
                r#"{{"version":"{version}","profiles":[{{"evseId":1,"profile":{profile}}}],"transaction":null,"request":{{"evseId":1,"startTime":"2024-05-15T12:00:00Z","duration":60,"chargingRateUnit":"A"}},{CONFIG}}}"#
            );
            let answer = &answers(&line)[0];
            assert!(answer.starts_with(r#"{"error":"profile 0"#), "{answer}");
            assert!(
                answer.contains("chargingSchedulePeriod: an array of at least 1"),
                "{answer}"
            );
        }
    }

    #[test]
    fn refusals_are_told_in_the_words_of_the_version() {
        let line = |version: &str, profile: &str| {
            format!(
                r#"{{"version":"{version}","profiles":[{{"evseId":9,"profile":{profile}}}],"transaction":null,"request":{{"evseId":1,"startTime":"2024-05-15T12:00:00Z","duration":60,"chargingRateUnit":"A"}},{CONFIG}}}"#
            )
        };
        let schedule = r#"{"startSchedule":"2024-01-01T00:00:00Z","chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":10}]"#;
        let of_1_6 = format!(
            r#"{{"chargingProfileId":7,"stackLevel":0,"chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Absolute","chargingSchedule":{schedule}}}}}"#
        );
        let of_2 = format!(
            r#"{{"id":7,"stackLevel":0,"chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Absolute","chargingSchedule":[{schedule},"id":1}}]}}"#
        );
        for (version, profile, refused) in [
            (
                "1.6",
                of_1_6,
                r#""refused":[{"id":7,"reason":"there is no such connector","requirement":"1.6 erratum 3.39","field":"connectorId"}]"#,
            ),
            (
                "2.0.1",
                of_2,
                r#""refused":[{"id":7,"reason":"there is no such EVSE","requirement":"K01.FR.28","field":"evseId"}]"#,
            ),
        ] {
            let answer = &answers(&line(version, &profile))[0];
            assert!(answer.contains(refused), "{answer}");
        }
    }
}
