package ocpp;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;

/** A charging station as a value: JSON goes in and comes out. One thread at a time uses it. docs/embedding.md explains inputs and outputs. */
public final class Station implements AutoCloseable {
    private static final long BEGIN = System.nanoTime();

    private Pointer it;

    /** Makes a station from its configuration and from a JSON array of its records, null for a new one. */
    public Station(String config, String records) {
        this(config, records, monotonic(), System.currentTimeMillis());
    }

    private Station(String config, String records, long monotonic, long utc) {
        var error = new PointerByReference();
        it = Library.IT.ocpp_station_new(config, records, time(monotonic, utc), error);
        if (it == null) throw new IllegalArgumentException(taken(error.getValue()));
    }

    /** A station whose clock nobody has set, at a time that somebody makes up. */
    public static Station withoutClock(String config, String records, long monotonic) {
        return new Station(config, records, monotonic, Library.UTC_UNKNOWN);
    }

    /** Tells it something, and gives its reply, "null" for most. */
    public String handle(String input) {
        return handle(input, monotonic(), System.currentTimeMillis());
    }

    /** The same without a clock that somebody has set. */
    public String handleWithoutClock(String input, long monotonic) {
        return handle(input, monotonic, Library.UTC_UNKNOWN);
    }

    private String handle(String input, long monotonic, long utc) {
        int status = Library.IT.ocpp_station_handle(it, time(monotonic, utc), input);
        String reply = text(Library.IT.ocpp_station_reply(it));
        if (status != 0) throw new IllegalArgumentException(reply);
        return reply;
    }

    /** The next output, or null. Carry each out before the next is polled. */
    public String pollOutput() {
        return text(Library.IT.ocpp_station_poll_output(it));
    }

    /** When it wants to be told "TimePassed" at the latest, in milliseconds of its time, or null. */
    public Long nextTimeout() {
        long next = Library.IT.ocpp_station_next_timeout(it);
        return next == Library.NEVER ? null : next;
    }

    /** A look inside. */
    public String state() {
        return text(Library.IT.ocpp_station_state(it));
    }

    @Override
    public void close() {
        Library.IT.ocpp_station_free(it);
        it = null; // Which does no harm any more.
    }

    /** The time of a station that is told none: milliseconds that never jump. */
    public static long monotonic() {
        return (System.nanoTime() - BEGIN) / 1_000_000;
    }

    /** The input {"name": "text"}. */
    public static String input(String name, String text) {
        return taken(Library.IT.ocpp_input(name, text));
    }

    /** What a JSON pointer leads to, a string as it is meant; null if there is nothing. A JSON library does the same. */
    public static String text(String json, String pointer) {
        return taken(Library.IT.ocpp_text(json, pointer));
    }

    private static Library.Time time(long monotonic, long utc) {
        var time = new Library.Time();
        time.monotonic_ms = monotonic;
        time.utc_ms = utc;
        return time;
    }

    private static String text(Pointer text) {
        return text == null ? null : text.getString(0, "UTF-8");
    }

    private static String taken(Pointer text) {
        String copy = text(text);
        Library.IT.ocpp_text_free(text);
        return copy;
    }
}
