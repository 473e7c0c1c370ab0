//! The frames in a text, and those that go on in the next lines.

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read};

use super::carrier;
use super::clean::clean;
use super::collect::ending_of;
use super::context::FrameContext;
use super::find::{self, Effort, Ending, Found, Spot};
use super::head::{Head, Likeness};
use super::lines::Place;
use super::record::{self, Value};
use super::{Captured, Certainty, Content, Continuation, Item, Reader, Sink};

/// Hashes of the frames that one record holds, so that one which it shows twice counts once.
type Seen = Option<HashSet<u64>>;

impl<R: Read> Reader<R> {
    /// Finds the frames in a text, which may have several lines itself. Where one is not finished at its end, it goes on as
    /// `continuation` says. `outer` is what is told about all of them.
    pub(super) fn text(
        &mut self,
        place: Place,
        text: &str,
        outer: &FrameContext,
        continuation: &Continuation,
        seen: &mut Seen,
        sink: Sink<'_>,
    ) -> io::Result<()> {
        if self.frames(place, text, outer, continuation, seen, sink)? {
            return Ok(());
        }
        for decoded in carrier::decoded(text) {
            self.frames(place, &decoded, outer, &Continuation::None, seen, sink)?;
        }
        Ok(())
    }

    /// Says whether there were any.
    fn frames(
        &mut self,
        mut place: Place,
        text: &str,
        outer: &FrameContext,
        continuation: &Continuation,
        seen: &mut Seen,
        sink: Sink<'_>,
    ) -> io::Result<bool> {
        let (first, mut rest) = split_line(text);
        let mut current = Cow::Borrowed(first);
        let mut any = false;
        loop {
            // Of several frames on a line, the later ones share what is told before the first.
            let mut shared: Option<FrameContext> = None;
            let mut behind = 0;
            let mut from = 0;
            let mut effort = Effort::for_text(&current);
            let joined = loop {
                let (start, end, spot, collector) = match find::next(&current, from, &mut effort) {
                    Found::Nothing => break None,
                    Found::Spot(spot) => (spot.start, spot.end, Some(spot), None),
                    Found::Unfinished { start, collector } => {
                        (start, current.len(), None, Some(collector))
                    }
                };
                let mut told = FrameContext::around(&current[behind..start], &current[end..]);
                if let Some(shared) = &shared {
                    told.inherit(shared);
                }
                let mut joined = None;
                let spot = match (spot, collector) {
                    (Some(spot), _) => spot,
                    (None, Some(collector)) => {
                        let begun = collector.begun().to_string();
                        joined = self.join(
                            collector,
                            &current[..start],
                            &mut rest,
                            place,
                            continuation,
                        )?;
                        match &joined {
                            Some(joined) => Spot {
                                start,
                                end,
                                frame: Cow::Owned(joined.frame.clone()),
                                ending: joined.ending,
                                likeness: likeness(&joined.frame),
                            },
                            None if *continuation == Continuation::TooLong && !begun.is_empty() => {
                                if likeness(&begun) != Likeness::No {
                                    self.reach(place.number - 1, "", sink)?;
                                    sink(Item::TooLong { line: place.number })?;
                                    self.told_until = self.told_until.max(place.number);
                                    return Ok(true);
                                }
                                effort.spend(end - start);
                                from = start + 1;
                                continue;
                            }
                            None => Spot {
                                start,
                                end,
                                likeness: likeness(&begun),
                                ending: ending_of(&begun),
                                frame: Cow::Owned(begun),
                            },
                        }
                    }
                    (None, None) => break None,
                };
                if spot.likeness == Likeness::No {
                    effort.spend(end - start);
                    from = start + 1;
                    continue;
                }
                let own = told.clone();
                told.inherit(outer);
                let (also, is_lossy) = match &joined {
                    Some(joined) => (&*joined.also, joined.is_lossy),
                    None => (&[][..], false),
                };
                let is_alone = current.trim().len() == end - start;
                let place = Place {
                    is_lossy: place.is_lossy || is_lossy,
                    ..place
                };
                if self.spot(place, also, spot, is_alone, told, seen, sink)? {
                    any = true;
                    shared.get_or_insert(own);
                    if joined.is_some() {
                        break joined;
                    }
                    behind = end;
                    from = end;
                } else {
                    effort.spend(end - start);
                    from = start + 1;
                }
            };
            match joined {
                Some(joined) => {
                    place = joined.place;
                    current = Cow::Owned(joined.behind.into_owned());
                }
                None if rest.is_empty() => return Ok(any),
                None => {
                    let (next, after) = split_line(rest);
                    current = Cow::Borrowed(next);
                    rest = after;
                }
            }
        }
    }

    /// Reports a frame. Says whether it was taken for one.
    #[allow(
        clippy::too_many_arguments,
        reason = "all of it is said about one frame"
    )]
    fn spot(
        &mut self,
        place: Place,
        also: &[u64],
        spot: Spot<'_>,
        is_alone: bool,
        told: FrameContext,
        seen: &mut Seen,
        sink: Sink<'_>,
    ) -> io::Result<bool> {
        if let Some(seen) = seen {
            let mut hasher = DefaultHasher::new();
            spot.frame.hash(&mut hasher);
            let hash = hasher.finish();
            if !seen.insert(hash) {
                return Ok(true);
            }
        }
        let is_frame = match spot.likeness {
            Likeness::Frame => true,
            _ => is_alone && Head::read(&spot.frame).is_some_and(|head| head.is_frame_alone()),
        };
        let captured = Captured {
            line: place.number,
            lines: 1 + also.len() as u64,
            is_lossy: place.is_lossy && spot.frame.contains(char::REPLACEMENT_CHARACTER),
            content: Content::Frame(spot.frame),
            message: None,
            ending: spot.ending,
            certainty: if is_frame {
                Certainty::Frame
            } else {
                Certainty::Doubtful
            },
            told,
        };
        self.capture(captured, also, sink)
    }

    /// Finds the frames in a value of an object, in its strings and arrays.
    pub(super) fn values(
        &mut self,
        place: Place,
        object: &str,
        value: &str,
        told: &FrameContext,
        seen: &mut HashSet<u64>,
        sink: Sink<'_>,
    ) -> io::Result<()> {
        let mut result = Ok(());
        let (mut counted, mut number) = (0, place.number);
        let mut seen_here = Some(std::mem::take(seen));
        record::walk(value, told, 0, &mut |value, told| {
            if result.is_err() {
                return true;
            }
            let (Value::Text(_, raw) | Value::Array(raw)) = value else {
                seen_here = Some(HashSet::new());
                return false;
            };
            // `raw` is a part of `object`; values come in their order.
            let offset = (raw.as_ptr() as usize).saturating_sub(object.as_ptr() as usize);
            if let Some(passed) = object.as_bytes().get(counted..offset) {
                number += memchr::memchr_iter(b'\n', passed).count() as u64;
                counted = offset;
            }
            let place = Place { number, ..place };
            let visited = match value {
                Value::Text(text, _) => self
                    .text(
                        place,
                        &clean(&text),
                        told,
                        &Continuation::None,
                        &mut seen_here,
                        sink,
                    )
                    .map(|()| false),
                _ if likeness(raw) != Likeness::Frame => Ok(false),
                _ => {
                    let lines = memchr::memchr_iter(b'\n', raw.as_bytes()).count() as u64;
                    let also: Vec<_> = (number + 1..=number + lines).collect();
                    let frame = Cow::Borrowed(raw);
                    let spot = Spot {
                        start: 0,
                        end: raw.len(),
                        frame,
                        ending: Ending::Whole,
                        likeness: Likeness::Frame,
                    };
                    self.spot(place, &also, spot, true, told.clone(), &mut seen_here, sink)
                }
            };
            visited.unwrap_or_else(|error| {
                result = Err(error);
                true
            })
        });
        *seen = seen_here.unwrap_or_default();
        result
    }
}

pub(super) fn likeness(text: &str) -> Likeness {
    Head::read(text).map_or(Likeness::No, |head| head.likeness())
}

/// The first line of a text, and the others.
pub(super) fn split_line(text: &str) -> (&str, &str) {
    match text.split_once('\n') {
        Some((line, rest)) => (line.trim_end_matches('\r'), rest),
        None => (text, ""),
    }
}
