//! The simulated hardware as the driver wants it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use ocpp_core::smart_charging::LimitSource;
use ocpp_core::station::{
    Authorization, AuthorizationStatus, CableState, ConnectorId, EvseId, JobFailure, Limit,
    Reading, StationConfig, Token, TokenEffect, TransactionNews, UnlockResult,
};
use ocpp_core::time::Instant;
use ocpp_tokio::Identity;
use ocpp_tokio::clock::Clock;
use ocpp_tokio::station::{
    Answer, CustomerInquiry, Downloaded, Installation, Notice, Progress, Records, RecordsError,
    StationHandle, Transfer,
};
use tracing::{error, info};

use super::hardware::Hardware;
use super::news::News;

/// How long the power stays away.
pub(super) const POWER_OFF: Duration = Duration::from_millis(200);
/// How long a simulated installation takes.
const INSTALLATION: Duration = Duration::from_secs(1);

/// The hardware, shared by the driver and by those who move cars and cables. A clone is the same hardware.
#[derive(Debug, Clone)]
pub(crate) struct Simulated {
    hardware: Arc<Mutex<Hardware>>,
    clock: Clock,
    /// What meters and cables are survives a power cut.
    records: Records,
    /// Whose news go to the log; nobody's if `None`.
    name: Option<Identity>,
    news: Arc<Mutex<News>>,
    /// Whether it was told already that nothing can be stored.
    complained: Arc<AtomicBool>,
    /// Who hears of what drivers do with their cables; known once the station is made.
    station: Arc<OnceLock<StationHandle>>,
}

impl Simulated {
    /// As it was left.
    pub(super) fn new(
        config: &StationConfig,
        time_scale: u32,
        records: Records,
        name: Option<Identity>,
    ) -> Result<Self, RecordsError> {
        let remembered = records.hardware()?;
        let hardware = Hardware::new(config, time_scale, remembered.as_deref());
        Ok(Self {
            hardware: Arc::new(Mutex::new(hardware)),
            clock: Clock::new(),
            records,
            name,
            news: Arc::default(),
            complained: Arc::default(),
            station: Arc::default(),
        })
    }

    pub(super) fn hardware(&self) -> MutexGuard<'_, Hardware> {
        self.hardware.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Makes durable what survives a power cut.
    fn keep(&self) -> Result<(), RecordsError> {
        let remembered = self.hardware().remember();
        self.records.keep_hardware(remembered)
    }

    /// What happens to cables is for this station, which hears of those that were there before.
    pub(super) fn serves(&self, station: &StationHandle) {
        // There is one.
        let _ = self.station.set(station.clone());
        let hardware = self.hardware();
        for at in hardware.ids() {
            station.cable(at, hardware.cable(at));
        }
    }

    /// The power goes.
    fn power_cut(&self) -> Result<(), RecordsError> {
        self.hardware().power_cut(self.now());
        self.keep()
    }

    /// The power goes; what cannot be kept is lost with it.
    pub(super) fn goes_dark(&self) {
        if let Err(error) = self.power_cut() {
            self.complain(&error);
        }
    }

    /// Makes durable what survives a power cut, as far as the disk does.
    pub(super) fn keep_or_complain(&self) {
        match self.keep() {
            Ok(()) => self.complained.store(false, Ordering::Relaxed),
            Err(error) => self.complain(&error),
        }
    }

    /// The disk has a problem, which the driver will notice too. Told once.
    fn complain(&self, error: &RecordsError) {
        if let Some(name) = &self.name
            && !self.complained.swap(true, Ordering::Relaxed)
        {
            error!("{}: what the hardware remembers: {error}", &**name);
        }
    }
}

/// Any file is a firmware, and its hash the version, with a number if the same file is installed again: what came of an
/// installation is told by whether the version has changed, and test cases install the same file over and over.
fn version(downloaded: Downloaded, installed: Option<&str>) -> String {
    let digits = downloaded.sha256;
    let digits = digits.iter().take(4).map(|byte| format!("{byte:02x}"));
    let version = format!("firmware-{}", digits.collect::<String>());
    let again = installed.and_then(|installed| installed.strip_prefix(version.as_str()));
    let times = match again {
        None => return version,
        Some("") => 1,
        Some(number) => number.trim_start_matches('-').parse().unwrap_or(1_u64),
    };
    format!("{version}-{}", times.saturating_add(1))
}

impl ocpp_tokio::station::Hardware for Simulated {
    fn contactor(&mut self, at: ConnectorId, closed: bool) {
        let now = self.now();
        self.hardware().set_contactor(now, at, closed);
    }

    fn read_meter(&mut self, evse: EvseId, answer: Answer<Reading>) {
        let now = self.now();
        let reading = self.hardware().read(now, evse);
        // What a transaction was told must not be forgotten by the meter. While nothing can be stored nothing is told either,
        // and what the meter shows is kept before anything is.
        self.keep_or_complain();
        answer.with(reading);
    }

    fn set_limit(&mut self, at: ConnectorId, limit: Option<Limit>) {
        let now = self.now();
        self.hardware().set_limit(now, at, limit);
    }

    fn external_limit_refused(&mut self, evse: EvseId, source: &LimitSource, reason: &str) {
        let name = self.name.as_deref().unwrap_or("station");
        info!("{name}: the limit of {source:?} for EVSE {evse} is refused: {reason}");
    }

    fn lock(&mut self, at: ConnectorId, answer: Answer<bool>) {
        let locked = self.hardware().set_locked(at, true);
        self.keep_or_complain();
        answer.with(locked);
    }

    fn unlock(&mut self, at: ConnectorId, answer: Answer<UnlockResult>) {
        let now = self.now();
        let (unlocked, taken) = {
            let mut hardware = self.hardware();
            let unlocked = hardware.set_locked(at, false);
            (unlocked, unlocked && hardware.take_cable(now, at))
        };
        self.keep_or_complain();
        answer.with(if unlocked {
            UnlockResult::Unlocked
        } else {
            UnlockResult::Failed
        });
        // The driver, who has pulled it out of the car, takes the cable along.
        if let Some(station) = self.station.get().filter(|_| taken) {
            station.cable(at, CableState::Unplugged);
        }
    }

    fn reboot(&mut self, _hard: bool, answer: Answer<bool>) {
        self.goes_dark();
        tokio::spawn(async move {
            tokio::time::sleep(POWER_OFF).await;
            answer.with(true);
        });
    }

    fn firmware_version(&self) -> Option<String> {
        self.hardware().firmware().map(Into::into)
    }

    fn install(&mut self, installation: Installation) {
        let hardware = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(INSTALLATION).await;
            let downloaded = installation.downloaded();
            if downloaded.size == 0 {
                return installation.failed(JobFailure::Invalid);
            }
            let installed = hardware.hardware().firmware().map(String::from);
            let version = version(downloaded, installed.as_deref());
            hardware.hardware().set_firmware(&version);
            // The new firmware is there after a power cut too, or it was not installed.
            match hardware.keep() {
                Ok(()) => installation.restart(),
                Err(_) => installation.failed(JobFailure::Other),
            }
        });
    }

    fn token_decided(
        &mut self,
        _evse: Option<EvseId>,
        _token: &Token,
        (_, effect): (AuthorizationStatus, TokenEffect),
        info: Option<&Authorization>,
    ) {
        let Some(name) = self.name.as_deref() else {
            return;
        };
        if effect == TokenEffect::SelectStops {
            info!("{name}: display: select the transactions to stop");
        }
        if let Some(message) = info.and_then(|info| info.driver.message.as_ref()) {
            info!("{name}: display: {:?}", message.content);
        }
    }

    fn transfer(&mut self, file: Transfer, progress: Progress) {
        let Some(name) = self.name.as_deref() else {
            return;
        };
        match progress.total {
            Some(total) => info!("{name}: {file}: {} of {total} bytes", progress.done),
            None => info!("{name}: {file}: {} bytes", progress.done),
        }
    }

    fn customer_data(&mut self, inquiry: CustomerInquiry, answer: Answer<String>) {
        let known = self
            .hardware()
            .receipts_of(&inquiry.customer, inquiry.clear);
        self.keep_or_complain();
        answer.with(known);
    }

    fn notice(&mut self, notice: &Notice) {
        if let Notice::Transaction {
            at,
            token,
            news: TransactionNews::Ended { energy, .. },
            ..
        } = notice
            && !token.id.is_empty()
        {
            let energy = energy.map_or_else(|| "?".into(), |energy| energy.to_string());
            // Where no car was connected there is no EVSE.
            let place = at.map(|at| format!(" at EVSE {}", at.evse));
            let receipt = format!("{energy} Wh{}", place.unwrap_or_default());
            self.hardware().keep_receipt(token, receipt);
            self.keep_or_complain();
        }
        if *notice == Notice::StorageRestored {
            self.keep_or_complain();
        }
        if let Some(name) = &self.name {
            let mut news = self.news.lock().unwrap_or_else(PoisonError::into_inner);
            news.tell(name, notice);
        }
    }
}
