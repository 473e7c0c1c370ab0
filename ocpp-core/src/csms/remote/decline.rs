//! What to answer to a question that nobody wants to decide.

use super::{Answer, Input, Output, Question, TokenInfo};
use crate::csms::TokenStatus;

impl Output {
    /// The safe negative answer to an output that asks something: nothing is promised, nobody charges, and what cannot be refused
    /// is answered with an error. `None` if it asks nothing.
    #[must_use]
    pub fn declined(&self) -> Option<Input> {
        let Self::Ask { question, about } = self else {
            return None;
        };
        let answer = match about {
            Question::Number => Answer::Failed,
            Question::Stored(_) => Answer::Stored(None),
            Question::Authorize(_) => Answer::Token(TokenInfo::of(TokenStatus::Invalid)),
            Question::Cost(_) => Answer::Cost(None),
            Question::Sign(_) => Answer::Certificate(None),
            Question::Request { .. } => Answer::Default,
        };
        Some(Input::Answer {
            question: *question,
            answer,
        })
    }
}
