//! What lenient decoding may leave out of a message, and what never.

use core::fmt;

/// What becomes of a member that is wrong and of which nothing can be made. The generator's settings say it for every
/// member; it concerns lenient decoding only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lenience {
    /// An optional member is left out, and so is a wrong element of a list, as long as enough elements are left. An object
    /// in which a required member is wrong is wrong itself.
    LeaveOut,
    /// The object around the member is wrong, also when the member is optional, and elements of a list are not left out.
    Keep(Kept),
    /// A list that the published schema lets be shorter than the amended one does: it may be too short.
    MayBeShort,
    /// Both: no element is left out, but the list may be too short from the beginning.
    KeepMayBeShort(Kept),
    /// A text in which any JSON may travel: what is no string is kept as its JSON text.
    AnyAsText,
}

/// Why a part of a message is never left out: without it, the message would say something else. A part that cannot be read
/// takes what is around it along, up to the next part that may be left out; when there is none, the message is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kept {
    /// The message does not exist without it, and nothing is invented in its place.
    Required,
    /// Without it, more could flow than is allowed.
    Limit,
    /// A schedule or profile without one of its parts is another one.
    Schedule,
    /// Who, where or which: without it the order is for somebody else, for another place, or for all of them.
    Identity,
    /// When something happened in a transaction, or is to happen.
    Time,
    /// What a measured value is: without it the value would be taken for the energy register in Wh.
    Reading,
    /// What the driver pays.
    Price,
    /// What proves where firmware comes from.
    Proof,
    /// The text is not JSON, or nested too deeply.
    Unreadable,
}

impl Kept {
    /// The reason as a part of a sentence.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Required => "the message does not exist without it",
            Self::Limit => "a limit is never left out",
            Self::Schedule => "a part of a schedule is never left out",
            Self::Identity => "who, where or which is never left out",
            Self::Time => "a time of a transaction is never left out",
            Self::Reading => "what a value measures is never left out",
            Self::Price => "a part of a price is never left out",
            Self::Proof => "a signature is never left out",
            Self::Unreadable => "it cannot be read",
        }
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
