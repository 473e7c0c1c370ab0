//! Lists with a smallest and largest number of elements.

use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};

use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::json::{List, ListView, Place, View, Wire};

/// A list of `MIN` to `MAX` elements. Its elements can be changed in place; its length cannot leave the bounds.
///
/// ```
/// use ocpp_types::NonEmpty;
///
/// let ids: NonEmpty<i64> = vec![1, 2].try_into()?;
/// assert_eq!(ids.len(), 2);
/// assert!(NonEmpty::<i64>::new(vec![]).is_err());
/// # Ok::<(), ocpp_types::WrongLength>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BoundedVec<T, const MIN: usize, const MAX: usize>(Vec<T>);

/// At least one element, as most arrays of OCPP 2.x.
pub type NonEmpty<T> = BoundedVec<T, 1, { usize::MAX }>;

/// Fewer or more elements than the schema allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongLength {
    /// The smallest number of elements allowed.
    pub min: usize,
    /// The largest number of elements allowed.
    pub max: usize,
    /// The number of elements given.
    pub found: usize,
}

impl fmt::Display for WrongLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.found < self.min {
            write!(
                f,
                "at least {} elements are wanted, not {}",
                self.min, self.found
            )
        } else {
            write!(
                f,
                "at most {} elements are allowed, not {}",
                self.max, self.found
            )
        }
    }
}

impl core::error::Error for WrongLength {}

impl<T, const MIN: usize, const MAX: usize> BoundedVec<T, MIN, MAX> {
    /// The smallest number of elements.
    pub const MIN: usize = MIN;
    /// The largest number of elements.
    pub const MAX: usize = MAX;

    /// Checks the number of elements.
    ///
    /// # Errors
    ///
    /// [`WrongLength`] when there are fewer than `MIN` or more than `MAX`.
    pub fn new(elements: Vec<T>) -> Result<Self, WrongLength> {
        let found = elements.len();
        if found < MIN || found > MAX {
            Err(WrongLength {
                min: MIN,
                max: MAX,
                found,
            })
        } else {
            Ok(Self(elements))
        }
    }

    /// Whether there are fewer elements than `MIN`. Only lenient decoding makes such a list, where only the amendments to
    /// the official schema ask for `MIN` elements; it cannot be encoded.
    #[must_use]
    pub fn is_too_short(&self) -> bool {
        self.0.len() < MIN
    }

    /// Adds an element at the end.
    ///
    /// # Errors
    ///
    /// The element comes back when the list is full.
    pub fn push(&mut self, element: T) -> Result<(), T> {
        if self.0.len() >= MAX {
            return Err(element);
        }
        self.0.push(element);
        Ok(())
    }

    /// The elements as an ordinary vector.
    #[must_use]
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }
}

impl<T, const MAX: usize> BoundedVec<T, 1, MAX> {
    /// A list of one element. The schemas know no list that allows none and wants one.
    #[must_use]
    pub fn of(element: T) -> Self {
        Self(alloc::vec![element])
    }
}

impl<T, const MIN: usize, const MAX: usize> Deref for BoundedVec<T, MIN, MAX> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T, const MIN: usize, const MAX: usize> DerefMut for BoundedVec<T, MIN, MAX> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}

impl<T, const MIN: usize, const MAX: usize> TryFrom<Vec<T>> for BoundedVec<T, MIN, MAX> {
    type Error = WrongLength;

    fn try_from(elements: Vec<T>) -> Result<Self, WrongLength> {
        Self::new(elements)
    }
}

impl<T, const MIN: usize, const MAX: usize> From<BoundedVec<T, MIN, MAX>> for Vec<T> {
    fn from(list: BoundedVec<T, MIN, MAX>) -> Self {
        list.0
    }
}

impl<T, const MIN: usize, const MAX: usize> IntoIterator for BoundedVec<T, MIN, MAX> {
    type Item = T;
    type IntoIter = alloc::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, T, const MIN: usize, const MAX: usize> IntoIterator for &'a BoundedVec<T, MIN, MAX> {
    type Item = &'a T;
    type IntoIter = core::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: fmt::Debug, const MIN: usize, const MAX: usize> fmt::Debug for BoundedVec<T, MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<T: Wire, const MIN: usize, const MAX: usize> Wire for BoundedVec<T, MIN, MAX> {
    fn blank() -> Self {
        Self(Vec::new())
    }

    fn place(&mut self) -> Place<'_> {
        Place::List(&mut self.0)
    }

    fn view(&self) -> View<'_> {
        View::List(&self.0)
    }
}

impl<T: Wire> List for Vec<T> {
    fn push(&mut self) -> Place<'_> {
        Vec::push(self, T::blank());
        self.last_mut().map_or(Place::Nothing, T::place)
    }
}

impl<T: Wire> ListView for Vec<T> {
    fn count(&self) -> usize {
        self.len()
    }

    fn look(&self, index: usize) -> View<'_> {
        self.get(index).map_or(View::Absent, T::view)
    }
}

impl<T: Serialize, const MIN: usize, const MAX: usize> Serialize for BoundedVec<T, MIN, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_too_short() {
            let found = self.0.len();
            return Err(serde::ser::Error::custom(WrongLength {
                min: MIN,
                max: MAX,
                found,
            }));
        }
        serializer.collect_seq(&self.0)
    }
}

impl<'de, T: Deserialize<'de>, const MIN: usize, const MAX: usize> Deserialize<'de>
    for BoundedVec<T, MIN, MAX>
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ListVisitor(PhantomData))
    }
}

struct ListVisitor<T, const MIN: usize, const MAX: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const MIN: usize, const MAX: usize> Visitor<'de>
    for ListVisitor<T, MIN, MAX>
{
    type Value = BoundedVec<T, MIN, MAX>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element()? {
            // Stop at the bound: what comes after it need not be read to refuse the list.
            if list.len() == MAX {
                let error = WrongLength {
                    min: MIN,
                    max: MAX,
                    found: MAX + 1,
                };
                return Err(de::Error::custom(error));
            }
            list.push(element);
        }
        BoundedVec::new(list).map_err(de::Error::custom)
    }
}
