//! The schema of a type as a table, for everything that happens beside the fast path: saying what is wrong with a payload,
//! and repairing it.

use super::Lenience;
use crate::{BoundedInteger, BoundedNumber, BoundedString, BoundedVec, CiString, CustomData};
use crate::{DateTime, Number, Uri};

/// What a JSON value must look like.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// `true` or `false`.
    Boolean,
    /// A number without fraction between two bounds, both included.
    Integer {
        /// The smallest value; `i64::MIN` for none.
        min: i64,
        /// The largest value; `i64::MAX` for none.
        max: i64,
    },
    /// A number between two bounds, both included.
    Number {
        /// The smallest value; `i64::MIN` for none.
        min: i64,
        /// The largest value; `i64::MAX` for none.
        max: i64,
        /// The largest number of digits behind the point; [`ANY_SCALE`](crate::ANY_SCALE) for no bound.
        scale: u32,
    },
    /// A string of at most `max` characters.
    Text {
        /// The largest number of characters.
        max: usize,
    },
    /// An RFC 3339 date-time.
    DateTime,
    /// A URI as RFC 3986 defines it.
    Uri,
    /// One of a list of strings.
    Enumeration(&'static [&'static str]),
    /// An array of `min` to `max` elements of one shape.
    Array {
        /// The shape of every element.
        element: &'static Shape,
        /// The smallest number of elements.
        min: usize,
        /// The largest number of elements.
        max: usize,
    },
    /// An object with known members. A function, because types can contain themselves.
    Object(fn() -> &'static ObjectShape),
    /// customData: an object with `vendorId` and any other members.
    CustomData,
    /// Any JSON value.
    Any,
}

/// The members of an object.
#[derive(Debug)]
pub struct ObjectShape {
    /// The name of the type, as the generated Rust type has it.
    pub name: &'static str,
    /// The members in the schema's order.
    pub members: &'static [MemberShape],
    /// Whether unknown members are allowed.
    pub open: bool,
}

/// One member of an object.
#[derive(Debug)]
pub struct MemberShape {
    /// The name in JSON.
    pub name: &'static str,
    /// Whether the member must be present.
    pub required: bool,
    /// What its value looks like.
    pub shape: Shape,
    /// What lenient decoding may do with it.
    pub lenience: Lenience,
}

/// A type that knows its schema.
pub trait Described {
    /// What its JSON looks like.
    const SHAPE: Shape;
}

impl Described for bool {
    const SHAPE: Shape = Shape::Boolean;
}

impl Described for i64 {
    const SHAPE: Shape = Shape::Integer {
        min: i64::MIN,
        max: i64::MAX,
    };
}

impl Shape {
    /// The members, if it is an object.
    #[inline]
    pub(crate) fn object(&self) -> Option<&'static ObjectShape> {
        match self {
            Self::Object(shape) => Some(shape()),
            Self::CustomData => Some(&CUSTOM_DATA),
            _ => None,
        }
    }
}

static VENDOR_ID: [MemberShape; 1] = [MemberShape {
    name: "vendorId",
    required: true,
    shape: Shape::Text { max: 255 },
    lenience: Lenience::LeaveOut,
}];
static CUSTOM_DATA: ObjectShape = ObjectShape {
    name: "CustomData",
    members: &VENDOR_ID,
    open: true,
};

impl<const MIN: i64, const MAX: i64> Described for BoundedInteger<MIN, MAX> {
    const SHAPE: Shape = Shape::Integer { min: MIN, max: MAX };
}

impl Described for Number {
    const SHAPE: Shape = Shape::Number {
        min: i64::MIN,
        max: i64::MAX,
        scale: crate::ANY_SCALE,
    };
}

impl<const MIN: i64, const MAX: i64, const SCALE: u32> Described
    for BoundedNumber<MIN, MAX, SCALE>
{
    const SHAPE: Shape = Shape::Number {
        min: MIN,
        max: MAX,
        scale: SCALE,
    };
}

impl<const MAX: usize> Described for BoundedString<MAX> {
    const SHAPE: Shape = Shape::Text { max: MAX };
}

impl<const MAX: usize> Described for CiString<MAX> {
    const SHAPE: Shape = Shape::Text { max: MAX };
}

impl Described for DateTime {
    const SHAPE: Shape = Shape::DateTime;
}

impl Described for Uri {
    const SHAPE: Shape = Shape::Uri;
}

impl Described for CustomData {
    const SHAPE: Shape = Shape::CustomData;
}

impl Described for crate::Json {
    const SHAPE: Shape = Shape::Any;
}

impl<T: Described> Described for alloc::boxed::Box<T> {
    const SHAPE: Shape = T::SHAPE;
}

impl<T: Described + 'static, const MIN: usize, const MAX: usize> Described
    for BoundedVec<T, MIN, MAX>
{
    const SHAPE: Shape = Shape::Array {
        element: &T::SHAPE,
        min: MIN,
        max: MAX,
    };
}
