package ocpp;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.ptr.PointerByReference;

/** The functions of ocpp.h, as JNA wants them. What C owns is a Pointer, so that nobody frees it here. */
interface Library extends com.sun.jna.Library {
    Library IT = Native.load("ocpp", Library.class, java.util.Map.of(OPTION_STRING_ENCODING, "UTF-8"));

    long UTC_UNKNOWN = Long.MIN_VALUE;
    long NEVER = -1; // The greatest number without a sign.

    @Structure.FieldOrder({"monotonic_ms", "utc_ms"})
    class Time extends Structure implements Structure.ByValue {
        public long monotonic_ms, utc_ms;
    }

    Pointer ocpp_station_new(String config, String records, Time now, PointerByReference error);
    int ocpp_station_handle(Pointer station, Time now, String input);
    Pointer ocpp_station_reply(Pointer station);
    Pointer ocpp_station_poll_output(Pointer station);
    long ocpp_station_next_timeout(Pointer station);
    Pointer ocpp_station_state(Pointer station);
    void ocpp_station_free(Pointer station);
    Pointer ocpp_input(String name, String text);
    Pointer ocpp_text(String json, String pointer);
    void ocpp_text_free(Pointer text);
}
