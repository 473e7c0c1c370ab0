//! A vendor's own DataTransfer payload and customData, as strictly typed as OCPP itself.

use std::error::Error;

use ocpp_types::v2_0_1::{
    BootNotificationRequest, BootReason, ChargingStation, DataTransferRequest,
};
use ocpp_types::{
    BoundedInteger, BoundedNumber, CustomData, Decimal, Json, Payload, Version, decode,
};
use vendor_extension::{
    BrightnessPeriod, DisplayInfo, SetDisplayBrightnessDisplay, SetDisplayBrightnessRequest,
};

const VENDOR: &str = "com.example.display";

fn main() -> Result<(), Box<dyn Error>> {
    // The management system: bounds are checked where values are made.
    let evening = BrightnessPeriod::new(
        BoundedInteger::new(20 * 60)?,
        BoundedNumber::new(Decimal::new(125, 1))?,
    );
    let order = SetDisplayBrightnessRequest::new(
        SetDisplayBrightnessDisplay::Front,
        vec![evening].try_into()?,
    );
    let mut message = DataTransferRequest::new(VENDOR.parse()?);
    message.message_id = Some("SetDisplayBrightness".parse()?);
    message.data = Some(Json::new(&order)?);
    let text = message.encode()?;
    println!("DataTransfer sent:      {text}");

    // The charging station: the envelope first, then the vendor's payload with the vendor's type.
    let received = DataTransferRequest::decode(&text)?;
    let data = received.data.ok_or("no data")?;
    let read: SetDisplayBrightnessRequest = decode::decode(data.as_str())?;
    assert_eq!(read, order);
    println!("read on the other side: {read:?}");

    // What the vendor's schema does not allow is refused with its place and reason.
    for wrong in [
        r#"{"display":"Front","period":[{"startMinute":1440,"brightness":12.5}]}"#,
        r#"{"display":"Front","period":[{"startMinute":0,"brightness":12.55}]}"#,
        r#"{"display":"Top","period":[]}"#,
        r#"{"display":"Front","period":[{"startMinute":0}],"colour":"red"}"#,
    ] {
        match decode::decode::<SetDisplayBrightnessRequest>(wrong) {
            Ok(_) => return Err("a wrong payload was accepted".into()),
            Err(error) => {
                println!("refused, {}:", error.code(Version::V2_0_1));
                for issue in error.issues() {
                    println!("    {issue}");
                }
            }
        }
    }

    // customData: any message carries it, and it is read into the vendor's type.
    let mut custom = CustomData::new(VENDOR.parse()?);
    custom.set("displays", &2)?;
    custom.set("firmware", "7.1")?;
    let station = ChargingStation::new("Model 1".parse()?, "Example".parse()?);
    let mut boot = BootNotificationRequest::new(station, BootReason::PowerUp);
    boot.custom_data = Some(custom);
    let text = boot.encode()?;
    println!("BootNotification sent:  {text}");
    let custom = BootNotificationRequest::decode(&text)?
        .custom_data
        .ok_or("no customData")?;
    let info: DisplayInfo = custom.read()?;
    println!("customData read:        {info:?}");
    assert_eq!(info.displays, 2);
    assert_eq!(
        info.other_members.get("firmware").map(Json::as_str),
        Some("\"7.1\"")
    );
    Ok(())
}
