//! What a type says of itself: its places, by which everything that reads, repairs and writes JSON gets at it. So these are
//! written once, and not for each of several hundred types.

use alloc::boxed::Box;

use compact_str::CompactString;

use crate::decode::ObjectShape;
use crate::{DateTime, Enumeration, Json, Number, OtherMembers, UnknownValue};

/// Where a value is put that has been read. What may stand there is what the [`Shape`](crate::Shape) says.
pub enum Place<'a> {
    /// There is no such place.
    Nothing,
    /// A boolean.
    Boolean(&'a mut bool),
    /// An integer.
    Integer(&'a mut i64),
    /// A number.
    Number(&'a mut Number),
    /// A text, or a URI.
    Text(&'a mut CompactString),
    /// A date-time.
    DateTime(&'a mut DateTime),
    /// A value of an enumeration.
    Name(&'a mut dyn Name),
    /// A list.
    List(&'a mut dyn List),
    /// An object.
    Object(&'a mut dyn Object),
    /// Any JSON.
    Any(&'a mut Json),
}

/// A value that is to be written.
#[derive(Clone, Copy)]
pub enum View<'a> {
    /// There is none.
    Absent,
    /// A boolean.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A number.
    Number(&'a Number),
    /// A text, or a URI.
    Text(&'a str),
    /// A date-time.
    DateTime(DateTime),
    /// A value of an enumeration; `None` for one that it does not have.
    Name(Option<&'static str>),
    /// A list.
    List(&'a dyn ListView),
    /// An object.
    Object(&'a dyn ObjectView),
    /// Any JSON.
    Any(&'a Json),
}

/// A type that stands in messages.
pub trait Wire: Sized {
    /// What is there before a value is read: never seen by anybody, because what cannot be read is thrown away.
    fn blank() -> Self;
    /// Where the value is put.
    fn place(&mut self) -> Place<'_>;
    /// The value.
    fn view(&self) -> View<'_>;
}

/// The places of the members of an object, by their places in its [`ObjectShape`]. Apart from [`ObjectView`]: what a firmware
/// only sends, or only receives, costs it one of the two.
pub trait Object {
    /// Where the value of a member is put.
    fn member(&mut self, index: usize) -> Place<'_>;
    /// Where the members go that the schema does not describe.
    fn others(&mut self) -> Option<&mut OtherMembers> {
        None
    }
}

/// The members of an object that is to be written, as in [`Object`].
pub trait ObjectView {
    /// The value of a member.
    fn look(&self, index: usize) -> View<'_>;
    /// The members that the schema does not describe.
    fn look_others(&self) -> Option<&OtherMembers> {
        None
    }
}

/// A list that is read.
pub trait List {
    /// The place of one more element.
    fn push(&mut self) -> Place<'_>;
}

/// A list that is to be written.
pub trait ListView {
    /// How many elements there are.
    fn count(&self) -> usize;
    /// An element.
    fn look(&self, index: usize) -> View<'_>;
}

/// A value of an enumeration.
pub trait Name {
    /// The value with this place in the list of names.
    fn set(&mut self, index: usize);
    /// A value that the enumeration does not have.
    fn set_unknown(&mut self, unknown: UnknownValue);
}

impl<E: Enumeration> Name for E {
    fn set(&mut self, index: usize) {
        if let Some(value) = E::at(index) {
            super::strict::fill(self, value);
        }
    }

    fn set_unknown(&mut self, unknown: UnknownValue) {
        *self = E::from_unknown(unknown);
    }
}

impl Wire for bool {
    fn blank() -> Self {
        false
    }

    fn place(&mut self) -> Place<'_> {
        Place::Boolean(self)
    }

    fn view(&self) -> View<'_> {
        View::Boolean(*self)
    }
}

impl Wire for i64 {
    fn blank() -> Self {
        0
    }

    fn place(&mut self) -> Place<'_> {
        Place::Integer(self)
    }

    fn view(&self) -> View<'_> {
        View::Integer(*self)
    }
}

impl Wire for Number {
    fn blank() -> Self {
        Self::ZERO
    }

    fn place(&mut self) -> Place<'_> {
        Place::Number(self)
    }

    fn view(&self) -> View<'_> {
        View::Number(self)
    }
}

impl Wire for DateTime {
    fn blank() -> Self {
        Self::UNIX_EPOCH
    }

    fn place(&mut self) -> Place<'_> {
        Place::DateTime(self)
    }

    fn view(&self) -> View<'_> {
        View::DateTime(*self)
    }
}

impl Wire for Json {
    fn blank() -> Self {
        Self::known("")
    }

    fn place(&mut self) -> Place<'_> {
        Place::Any(self)
    }

    fn view(&self) -> View<'_> {
        View::Any(self)
    }
}

impl<T: Wire> Wire for Box<T> {
    fn blank() -> Self {
        Self::new(T::blank())
    }

    fn place(&mut self) -> Place<'_> {
        T::place(self)
    }

    fn view(&self) -> View<'_> {
        T::view(self)
    }
}

impl<T: Wire> Wire for Option<T> {
    fn blank() -> Self {
        None
    }

    fn place(&mut self) -> Place<'_> {
        self.get_or_insert_with(T::blank).place()
    }

    fn view(&self) -> View<'_> {
        self.as_ref().map_or(View::Absent, T::view)
    }
}

impl ObjectShape {
    /// The member of that name and its place. Members mostly come in the order of the schema: the search begins where the
    /// one after the last is expected.
    #[inline]
    pub(crate) fn find(&self, name: &str, expected: usize) -> Option<(usize, &crate::MemberShape)> {
        let (before, from) = self.members.split_at_checked(expected)?;
        let is_it = |(_, member): &(usize, &crate::MemberShape)| member.name == name;
        let from = (expected..).zip(from).find(is_it);
        from.or_else(|| (0..).zip(before).find(is_it))
    }
}
