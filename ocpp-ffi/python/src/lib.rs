//! The native part of the Python package: `ocpp-ffi`, with Python's texts, numbers and exceptions.

use ocpp_ffi::{Error, Time};
use pyo3::prelude::*;
use pyo3::types::PyModule;

pyo3::create_exception!(
    ocpp_core,
    OcppError,
    pyo3::exceptions::PyValueError,
    "Something that was handed over cannot be used; `args` are the message and the JSON pointer, or None."
);

fn raised(error: Error) -> PyErr {
    OcppError::new_err((error.message, error.pointer))
}

fn time(monotonic: u64, utc: Option<i64>) -> Time {
    Time { monotonic, utc }
}

/// A charging station whose inputs and outputs are JSON texts.
#[pyclass(module = "ocpp_core._native")]
struct Station(ocpp_ffi::Station);

#[pymethods]
impl Station {
    #[new]
    fn new(config: &str, records: &str, monotonic: u64, utc: Option<i64>) -> PyResult<Self> {
        let station = ocpp_ffi::Station::new(config, records, time(monotonic, utc));
        station.map(Self).map_err(raised)
    }

    fn handle(&mut self, monotonic: u64, utc: Option<i64>, input: &str) -> PyResult<String> {
        let reply = self.0.handle(time(monotonic, utc), input);
        reply.map_err(raised)
    }

    fn poll_output(&mut self) -> Option<String> {
        self.0.poll_output()
    }

    fn next_timeout(&self) -> Option<u64> {
        self.0.next_timeout()
    }

    fn state(&self) -> String {
        self.0.state()
    }
}

/// One side of a connection whose inputs and outputs are JSON texts.
#[pyclass(module = "ocpp_core._native")]
struct Session(ocpp_ffi::Session);

#[pymethods]
impl Session {
    #[new]
    fn new(config: &str) -> PyResult<Self> {
        ocpp_ffi::Session::new(config).map(Self).map_err(raised)
    }

    fn handle(&mut self, monotonic: u64, utc: Option<i64>, input: &str) -> PyResult<String> {
        let reply = self.0.handle(time(monotonic, utc), input);
        reply.map_err(raised)
    }

    fn poll_output(&mut self) -> Option<String> {
        self.0.poll_output()
    }

    fn next_timeout(&self) -> Option<u64> {
        self.0.next_timeout()
    }

    fn state(&self) -> String {
        self.0.state()
    }
}

/// A station as its CSMS sees it, with inputs and outputs that are JSON texts.
#[pyclass(module = "ocpp_core._native")]
struct RemoteStation(ocpp_ffi::RemoteStation);

#[pymethods]
impl RemoteStation {
    #[new]
    fn new(config: &str, records: &str) -> PyResult<Self> {
        let station = ocpp_ffi::RemoteStation::new(config, records);
        station.map(Self).map_err(raised)
    }

    fn handle(&mut self, monotonic: u64, utc: Option<i64>, input: &str) -> PyResult<String> {
        let reply = self.0.handle(time(monotonic, utc), input);
        reply.map_err(raised)
    }

    fn poll_output(&mut self) -> Option<String> {
        self.0.poll_output()
    }

    fn next_timeout(&self) -> Option<u64> {
        self.0.next_timeout()
    }

    fn state(&self) -> String {
        self.0.state()
    }
}

/// What takes more than one station to know, with inputs and outputs that are JSON texts.
#[pyclass(module = "ocpp_core._native")]
struct Fleet(ocpp_ffi::Fleet);

#[pymethods]
impl Fleet {
    #[new]
    fn new(config: &str, records: &str) -> PyResult<Self> {
        let fleet = ocpp_ffi::Fleet::new(config, records);
        fleet.map(Self).map_err(raised)
    }

    fn handle(&mut self, monotonic: u64, utc: Option<i64>, input: &str) -> PyResult<String> {
        let reply = self.0.handle(time(monotonic, utc), input);
        reply.map_err(raised)
    }

    fn serve(
        &mut self,
        monotonic: u64,
        utc: Option<i64>,
        mut remote: PyRefMut<'_, RemoteStation>,
    ) -> PyResult<String> {
        let reply = self.0.serve(time(monotonic, utc), &mut remote.0);
        reply.map_err(raised)
    }

    fn poll_output(&mut self) -> Option<String> {
        self.0.poll_output()
    }

    /// A fleet waits for nothing.
    #[allow(clippy::unused_self)]
    fn next_timeout(&self) -> Option<u64> {
        None
    }

    fn state(&self) -> String {
        self.0.state()
    }
}

#[pyfunction]
fn validate(
    py: Python<'_>,
    log: &str,
    version: &str,
    lenient: bool,
    as_json: bool,
) -> PyResult<String> {
    // A log can be long: other threads of Python go on.
    let report = py.detach(|| ocpp_ffi::validate(log, version, lenient, as_json));
    report.map_err(raised)
}

#[pyfunction]
fn decode(version: &str, message: &str, payload: &str, lenient: bool) -> PyResult<String> {
    ocpp_ffi::decode(version, message, payload, lenient).map_err(raised)
}

#[pyfunction]
fn decode_frame(version: &str, text: &str) -> PyResult<String> {
    ocpp_ffi::decode_frame(version, text).map_err(raised)
}

#[pyfunction]
fn encode_frame(version: &str, message: &str) -> PyResult<String> {
    ocpp_ffi::encode_frame(version, message).map_err(raised)
}

#[pyfunction]
fn schedule(py: Python<'_>, situation: &str) -> PyResult<String> {
    py.detach(|| ocpp_ffi::schedule(situation)).map_err(raised)
}

#[pyfunction]
fn explain(situation: &str, at: &str) -> PyResult<String> {
    ocpp_ffi::explain(situation, at).map_err(raised)
}

#[pyfunction]
fn certificate_hash_data(certificate: &str, issuer: &str, algorithm: &str) -> PyResult<String> {
    ocpp_ffi::certificate_hash_data(certificate, issuer, algorithm).map_err(raised)
}

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("OcppError", module.py().get_type::<OcppError>())?;
    module.add_class::<Station>()?;
    module.add_class::<Session>()?;
    module.add_class::<RemoteStation>()?;
    module.add_class::<Fleet>()?;
    module.add_function(wrap_pyfunction!(validate, module)?)?;
    module.add_function(wrap_pyfunction!(decode, module)?)?;
    module.add_function(wrap_pyfunction!(decode_frame, module)?)?;
    module.add_function(wrap_pyfunction!(encode_frame, module)?)?;
    module.add_function(wrap_pyfunction!(schedule, module)?)?;
    module.add_function(wrap_pyfunction!(explain, module)?)?;
    module.add_function(wrap_pyfunction!(certificate_hash_data, module)?)?;
    Ok(())
}
