//! What lives here and is known by its number.

use std::cell::RefCell;

use ocpp_ffi::{Error, Fleet, RemoteStation, Session, Station, Time};

/// What can be made.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Station,
    Session,
    RemoteStation,
    Fleet,
}

impl TryFrom<u32> for Kind {
    type Error = Error;

    fn try_from(number: u32) -> Result<Self, Error> {
        match number {
            0 => Ok(Self::Station),
            1 => Ok(Self::Session),
            2 => Ok(Self::RemoteStation),
            3 => Ok(Self::Fleet),
            _ => Err(Error::because("there is no such kind of object")),
        }
    }
}

#[derive(Debug)]
pub(crate) enum Object {
    Station(Box<Station>),
    Session(Box<Session>),
    RemoteStation(Box<RemoteStation>),
    Fleet(Box<Fleet>),
}

impl Object {
    pub(crate) fn new(kind: Kind, config: &str, records: &str, now: Time) -> Result<Self, Error> {
        Ok(match kind {
            Kind::Station => Self::Station(Box::new(Station::new(config, records, now)?)),
            Kind::Session => Self::Session(Box::new(Session::new(config)?)),
            Kind::RemoteStation => {
                Self::RemoteStation(Box::new(RemoteStation::new(config, records)?))
            }
            Kind::Fleet => Self::Fleet(Box::new(Fleet::new(config, records)?)),
        })
    }

    pub(crate) fn handle(&mut self, now: Time, input: &str) -> Result<String, Error> {
        match self {
            Self::Station(station) => station.handle(now, input),
            Self::Session(session) => session.handle(now, input),
            Self::RemoteStation(station) => station.handle(now, input),
            Self::Fleet(fleet) => fleet.handle(now, input),
        }
    }

    pub(crate) fn poll_output(&mut self) -> Option<String> {
        match self {
            Self::Station(station) => station.poll_output(),
            Self::Session(session) => session.poll_output(),
            Self::RemoteStation(station) => station.poll_output(),
            Self::Fleet(fleet) => fleet.poll_output(),
        }
    }

    pub(crate) fn next_timeout(&self) -> Option<u64> {
        match self {
            Self::Station(station) => station.next_timeout(),
            Self::Session(session) => session.next_timeout(),
            Self::RemoteStation(station) => station.next_timeout(),
            Self::Fleet(_) => None,
        }
    }

    pub(crate) fn state(&self) -> String {
        match self {
            Self::Station(station) => station.state(),
            Self::Session(session) => session.state(),
            Self::RemoteStation(station) => station.state(),
            Self::Fleet(fleet) => fleet.state(),
        }
    }
}

thread_local! {
    /// The number of an object is its place. Places of objects that are gone are taken again.
    static OBJECTS: RefCell<Vec<Option<Object>>> = const { RefCell::new(Vec::new()) };
}

/// Keeps an object, and gives its number.
pub(crate) fn keep(object: Object) -> i32 {
    OBJECTS.with_borrow_mut(|objects| {
        let free = objects.iter().position(Option::is_none);
        let place = free.unwrap_or_else(|| {
            objects.push(None);
            objects.len() - 1
        });
        objects[place] = Some(object);
        i32::try_from(place).unwrap_or(i32::MAX)
    })
}

/// Does something with an object.
pub(crate) fn with<T>(number: u32, work: impl FnOnce(&mut Object) -> T) -> Result<T, Error> {
    OBJECTS.with_borrow_mut(|objects| {
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        let object = objects.get_mut(place).and_then(Option::as_mut);
        object
            .map(work)
            .ok_or_else(|| Error::because("this object has been freed"))
    })
}

/// Lets a station, as its CSMS sees it, have what a fleet knows.
pub(crate) fn serve(fleet: u32, remote: u32, now: Time) -> Result<String, Error> {
    // One is taken out meanwhile: both live in the same list.
    let take = |object: &mut Object| match object {
        Object::Fleet(it) => {
            Fleet::new("", "").map(|empty| core::mem::replace(it, Box::new(empty)))
        }
        _ => Err(Error::because("this object is no fleet")),
    };
    let mut taken = with(fleet, take)??;
    let served = with(remote, |object| match object {
        Object::RemoteStation(station) => taken.serve(now, station),
        _ => Err(Error::because("this object is no RemoteStation")),
    });
    with(fleet, |object| *object = Object::Fleet(taken))?;
    served?
}

pub(crate) fn free(number: u32) {
    OBJECTS.with_borrow_mut(|objects| {
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        if let Some(object) = objects.get_mut(place) {
            *object = None;
        }
    });
}
