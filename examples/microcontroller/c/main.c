/*
 * An OCPP 1.6 charging station without an operating system, on the C library. One EVSE with a fixed cable; meter and contactor are
 * simulated. It does the same as the firmware in ../rust.
 */
#include <ocpp.h>

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "records.h"

/* What the simulated car takes, in watts: at three phases of 16 A. */
#define POWER 11040
/* How long to wait before the flash is tried again, in milliseconds. */
#define RETRY 10000

static ocpp_station *station;
static int64_t started_at = OCPP_UTC_UNKNOWN; /* UTC at the start of the program, once the CSMS has told the time. */
static uint64_t retry_storage = OCPP_NEVER;

/* What the library needs. */

static void *allocate(size_t size, size_t alignment)
{
    return alignment <= 8 ? malloc(size) : NULL; /* malloc aligns to 8. */
}

static void release(void *memory, size_t size, size_t alignment)
{
    (void)size, (void)alignment;
    free(memory);
}

static void fault(const char *message)
{
    port_send(&panel, message);
    port_send(&panel, "\n");
    board_reset();
}

static const ocpp_platform platform = {allocate, release, fault};

static ocpp_time now(void)
{
    uint64_t monotonic = board_milliseconds();
    return (ocpp_time){monotonic, started_at == OCPP_UTC_UNKNOWN ? OCPP_UTC_UNKNOWN : started_at + (int64_t)monotonic};
}

static void say(port *to, const char *what, const char *more)
{
    port_send(to, what);
    port_send(to, more != NULL ? more : "");
    port_send(to, "\n");
}

/* The meter: a car that takes all it can get. */

static bool closed;
static uint64_t counted, rest; /* Until when it has counted; what is less than a tenth of a Wh, in watt-milliseconds. */

static void count(void)
{
    uint64_t at = board_milliseconds();
    if (closed) {
        rest += (at - counted) * POWER;
        board_count((uint32_t)(rest / 360000));
        rest %= 360000;
    }
    counted = at;
}

/* Milliseconds since 1970 of "2026-11-30T20:10:20.546Z", to the second. */
static int64_t utc(const char *text)
{
    int64_t year = atoi(text), month = atoi(text + 5), day = atoi(text + 8);
    int64_t second = atoi(text + 11) * 3600 + atoi(text + 14) * 60 + atoi(text + 17);
    /* Years begin in March, so that the leap day is the last. */
    if (month <= 2)
        month += 12, year--;
    int64_t days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * (month - 3) + 2) / 5 + day - 719469;
    return (days * 86400 + second) * 1000;
}

static bool begins(const char *output, const char *with)
{
    return strncmp(output, with, strlen(with)) == 0;
}

static void tell(const char *input)
{
    if (ocpp_station_handle(station, now(), input) != OCPP_OK)
        say(&panel, "refused: ", ocpp_station_reply(station));
}

/* Tells what no record can be stored of: this output, and all that come after it. */
static void storage_failed(const char *output)
{
    char *undone = malloc(32);
    size_t length = undone == NULL ? 0 : (size_t)sprintf(undone, "{\"StorageFailed\":{\"undone\":");
    for (char before = '['; output != NULL; before = ',', output = ocpp_station_poll_output(station)) {
        size_t bytes = strlen(output);
        char *grown = realloc(undone, length + bytes + 8);
        if (grown == NULL)
            fault("no memory"); /* Nothing was carried out: the records are enough to go on. */
        undone = grown;
        undone[length++] = before;
        memcpy(undone + length, output, bytes);
        length += bytes;
    }
    strcpy(undone + length, "]}}");
    say(&panel, "the flash takes no records", "");
    tell(undone);
    free(undone);
    retry_storage = board_milliseconds() + RETRY;
}

/* Carries an output out. It is valid until the station is asked or told something. */
static void carry_out(const char *output)
{
    char *what = NULL, line[160];
    if (begins(output, "{\"Store\"")) {
        char *key = ocpp_text(output, "/Store/key");
        what = ocpp_text(output, "/Store");
        if (key == NULL || what == NULL || !records_store(key, what))
            storage_failed(output);
        ocpp_text_free(key);
    } else if (begins(output, "{\"Remove\"")) {
        what = ocpp_text(output, "/Remove");
        if (what == NULL || !records_store(what, NULL))
            storage_failed(output);
    } else if (begins(output, "{\"Transmit\"")) {
        say(&link, "", what = ocpp_text(output, "/Transmit"));
    } else if (begins(output, "{\"Connect\"")) {
        say(&link, "connect ocpp1.6", "");
    } else if (begins(output, "\"Disconnect\"")) {
        say(&link, "disconnect", "");
    } else if (begins(output, "\"Ping\"")) {
        say(&link, "ping", "");
    } else if (begins(output, "{\"PingInterval\"")) {
        say(&link, "ping-interval ", what = ocpp_text(output, "/PingInterval"));
    } else if (begins(output, "{\"Contactor\"")) {
        what = ocpp_text(output, "/Contactor/closed");
        count();
        closed = what != NULL && strcmp(what, "true") == 0;
        say(&panel, closed ? "contactor closed" : "contactor open", "");
    } else if (begins(output, "{\"ReadMeter\"")) {
        what = ocpp_text(output, "/ReadMeter");
        count();
        snprintf(line, sizeof line,
                 "{\"Meter\":{\"evse\":%s,\"reading\":{\"values\":[{\"measurand\":\"Energy.Active.Import.Register\","
                 "\"unit\":\"Wh\",\"value\":%lu.%lu}]}}}",
                 what != NULL ? what : "1", (unsigned long)board_energy() / 10, (unsigned long)board_energy() % 10);
        tell(line);
    } else if (begins(output, "{\"SetClock\"")) {
        what = ocpp_text(output, "/SetClock");
        if (what != NULL)
            started_at = utc(what) - (int64_t)board_milliseconds();
    } else if (begins(output, "{\"Reboot\"")) {
        say(&panel, "restarts", "");
        board_reset();
    } else if (begins(output, "{\"TokenDecided\"")) {
        say(&panel, "token: ", what = ocpp_text(output, "/TokenDecided/status"));
        tell("\"Decline\"");
    } else if (begins(output, "{\"Transaction\"")) {
        say(&panel, "transaction: ", what = ocpp_text(output, "/Transaction/news"));
    } else { /* What this board cannot do, for example transfer files. */
        tell("\"Decline\"");
    }
    ocpp_text_free(what);
}

/* Tells the station what has happened, and carries out all that follows. */
static void happens(const char *input)
{
    tell(input);
    for (const char *output; (output = ocpp_station_poll_output(station)) != NULL;)
        carry_out(output);
}

static void linked(const char *line)
{
    if (strcmp(line, "connected") == 0) {
        happens("{\"Connected\":{\"version\":\"1.6\"}}");
    } else if (strcmp(line, "disconnected") == 0) {
        happens("\"Disconnected\"");
    } else if (strcmp(line, "alive") == 0) {
        happens("\"LinkAlive\"");
    } else {
        char *received = ocpp_input("Received", line);
        if (received != NULL) /* Otherwise it is no UTF-8. */
            happens(received);
        ocpp_text_free(received);
    }
}

static void ordered(const char *line)
{
    char input[160];
    if (strcmp(line, "plug") == 0) {
        happens("{\"Cable\":{\"at\":{\"evse\":1,\"connector\":1},\"state\":\"Connected\"}}");
        happens("{\"Ev\":{\"at\":{\"evse\":1,\"connector\":1},\"state\":\"Ready\"}}");
    } else if (strcmp(line, "unplug") == 0) {
        happens("{\"Cable\":{\"at\":{\"evse\":1,\"connector\":1},\"state\":\"Unplugged\"}}");
    } else if (begins(line, "token ")) {
        snprintf(input, sizeof input, "{\"TokenPresented\":{\"token\":{\"id\":\"%.40s\"}}}", line + 6);
        happens(input);
    } else if (strcmp(line, "heap") == 0) {
        struct mallinfo heap = mallinfo();
        snprintf(input, sizeof input, "heap %lu of %lu", (unsigned long)heap.uordblks, 128ul * 1024ul);
        say(&panel, input, "");
    } else if (strcmp(line, "panic") == 0) {
        fault("as the panel wishes");
    } else {
        say(&panel, "plug, unplug, token ID, heap, panic", "");
    }
}

static void time_passes(void)
{
    uint64_t at = board_milliseconds();
    count();
    if (retry_storage <= at) {
        bool works = records_store("probe", "0") && records_store("probe", NULL);
        retry_storage = works ? OCPP_NEVER : at + RETRY;
        if (works)
            happens("\"StorageRestored\"");
    }
    if (ocpp_station_next_timeout(station) <= at)
        happens("\"TimePassed\"");
}

/* A line that comes in byte by byte. Longer ones are dropped. */
typedef struct {
    port *from;
    void (*take)(const char *line);
    size_t length, room;
    char *bytes;
} lines;

static void receive(lines *it)
{
    for (int byte; (byte = port_receive(it->from)) >= 0;) {
        if (byte != '\n') {
            if (byte != '\r' && it->length < it->room)
                it->bytes[it->length++] = (char)byte;
            continue;
        }
        if (it->length > 0 && it->length < it->room) {
            it->bytes[it->length] = '\0';
            it->take(it->bytes);
        }
        it->length = 0;
    }
}

int main(void)
{
    static char message[16 * 1024], order[80], config[240];
    lines from_link = {&link, linked, 0, sizeof message, message}, from_panel = {&panel, ordered, 0, sizeof order, order};
    board_start();
    ocpp_set_platform(&platform);
    records_open();
    char *records = records_read(), *error = NULL;
    /* Message ids must not repeat those of the start before. */
    snprintf(config, sizeof config,
             "{\"versions\":[\"1.6\"],\"vendor\":\"Example\",\"model\":\"Microcontroller\",\"firmware_version\":\"C\",\"evse\":[{}],"
             "\"features\":{\"firmware\":false,\"security\":false},\"seed\":%lu}",
             (unsigned long)board_boots() * 2 + 1);
    station = ocpp_station_new(config, records, now(), &error);
    if (station == NULL)
        fault(error != NULL ? error : "no station");
    unsigned stored = 0;
    for (const char *at = records; at != NULL && (at = strstr(at, "{\"key\":")) != NULL; at++)
        stored++;
    free(records);
    snprintf(order, sizeof order, "started for time %lu, %u records", (unsigned long)board_boots(), stored);
    say(&panel, order, "");
    happens("\"Start\"");
    for (;;) {
        receive(&from_link);
        receive(&from_panel);
        time_passes();
        /* The next tick comes within a millisecond; a byte ends the pause before. */
        board_pause();
    }
}
