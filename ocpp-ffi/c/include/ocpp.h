/*
 * OCPP for C and C++: charging stations, sessions, validation, composite schedules.
 *
 * Texts. All texts are UTF-8 and end with a null byte. Inputs and outputs are JSON; ocpp-ffi/schema has their JSON Schemas, and
 * docs/embedding.md explains them. A text that is handed over is read during the call only.
 *
 * Ownership. What ocpp_station_new, ocpp_remote_new, ocpp_fleet_new and ocpp_session_new return is freed with the function of the same kind
 * that ends in _free. A text that comes as `char *` is the caller's: free it with ocpp_text_free. One that comes as `const char *`
 * belongs to the object, and is valid until the next call with that object.
 *
 * Threads. An object may go from thread to thread, but only one may use it at a time. Objects share nothing.
 *
 * Errors. Functions that can fail return an ocpp_status, or NULL; then the reply, or the text `error`, is a JSON object with a
 * `message` and often a `pointer` to the place in the input. Nothing has changed then. NULL as an object or a text is an error and
 * does no harm. `error` may be NULL.
 *
 * No function blocks, reads a clock, starts a thread, or calls back. A fault inside never unwinds into the caller: it is reported as
 * OCPP_FAULT, and the object answers nothing else from then on.
 *
 * Firmware. Built without its feature `std` the library needs no operating system; then memory, and what becomes of a fault, are handed
 * in with ocpp_set_platform before any other function is called. Configurations need a `seed` there, since nothing else is random;
 * ocpp_validate, ocpp_schedule and configurations in TOML are missing and say so.
 */


#ifndef OCPP_H
#define OCPP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The version of this interface. A library that you load is right if ocpp_abi_version() returns the same. */
#define OCPP_ABI_VERSION 1

/* utc_ms: nobody knows the time yet. */
#define OCPP_UTC_UNKNOWN INT64_MIN

/* There is no next timeout. */
#define OCPP_NEVER UINT64_MAX

/**
 * How a call went.
 */
typedef enum {
    /**
     * Done.
     */
    OCPP_OK = 0,
    /**
     * The input cannot be read, or what it asks for cannot be done. The reply says why.
     */
    OCPP_INVALID = 1,
    /**
     * A pointer was NULL, or a text is no UTF-8.
     */
    OCPP_NO_TEXT = 2,
    /**
     * A fault inside: please report it. The object answers nothing else from now on.
     */
    OCPP_FAULT = 3,
} ocpp_status;

/**
 * What takes more than one station to know: tokens, reservations, local lists.
 */
typedef struct ocpp_fleet ocpp_fleet;

/**
 * One station, connected or not, as its management system (CSMS) sees it.
 */
typedef struct ocpp_remote ocpp_remote;

/**
 * One side of a connection: frames, and which answer belongs to which question.
 */
typedef struct ocpp_session ocpp_session;

/**
 * A charging station.
 */
typedef struct ocpp_station ocpp_station;

/**
 * The time that comes with every input.
 */
typedef struct {
    /**
     * Milliseconds since any origin, usually the start of the program. Never jumps.
     */
    uint64_t monotonic_ms;
    /**
     * Milliseconds since 1970 in UTC, or OCPP_UTC_UNKNOWN.
     */
    int64_t utc_ms;
} ocpp_time;

/**
 * What the library needs of a firmware without operating system.
 */
typedef struct {
    /**
     * Gives `size` bytes, more than 0, aligned to `alignment`, a power of two that is at most 16; NULL if there are none. Then the
     * library ends in `fault`.
     */
    void *(*allocate)(size_t size, size_t alignment);
    /**
     * Takes memory back that `allocate` gave for this size and alignment.
     */
    void (*release)(void *memory, size_t size, size_t alignment);
    /**
     * A fault inside the library, or no memory: `message` says what, for people. Must not return: restart the device. Records that were
     * stored are enough to go on.
     */
    void (*fault)(const char *message);
} ocpp_platform;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of this interface: OCPP_ABI_VERSION of the header that the library was built with.
 */
uint32_t ocpp_abi_version(void);

/**
 * The version of the library, for people.
 */
const char *ocpp_version(void);

/**
 * Makes a station. `config` is JSON or TOML (station-config.json; what `ocpp station --config` reads). `records` is a JSON array
 * of all that `Store` has stored before, NULL for a new station. Returns NULL if that cannot be; then `error` says why.
 */
ocpp_station *ocpp_station_new(const char *config,
                               const char *records,
                               ocpp_time now,
                               char **error);

/**
 * Takes an input (station-input.json). Poll the outputs afterwards.
 */
ocpp_status ocpp_station_handle(ocpp_station *station, ocpp_time now, const char *input);

/**
 * The reply to the last input, or why it was refused: JSON, `null` for most.
 */
const char *ocpp_station_reply(const ocpp_station *station);

/**
 * The next output (station-output.json), or NULL when there is nothing more for now.
 */
const char *ocpp_station_poll_output(ocpp_station *station);

/**
 * When to come back with "TimePassed" at the latest, in monotonic milliseconds, or OCPP_NEVER.
 */
uint64_t ocpp_station_next_timeout(const ocpp_station *station);

/**
 * A look inside (station-state.json). NULL after a fault.
 */
const char *ocpp_station_state(ocpp_station *station);

/**
 * The end of a station. NULL does nothing.
 */
void ocpp_station_free(ocpp_station *station);

/**
 * Makes a session without connection. `config` is JSON (session-config.json) with at least `version` and `role`. Returns NULL if
 * that cannot be; then `error` says why.
 */
ocpp_session *ocpp_session_new(const char *config,
                               char **error);

/**
 * Takes an input (session-input.json). Poll the outputs afterwards.
 */
ocpp_status ocpp_session_handle(ocpp_session *session, ocpp_time now, const char *input);

/**
 * The reply to the last input, or why it was refused: JSON, `null` for most.
 */
const char *ocpp_session_reply(const ocpp_session *session);

/**
 * The next output (session-output.json), or NULL when there is nothing more for now.
 */
const char *ocpp_session_poll_output(ocpp_session *session);

/**
 * When to come back with "TimePassed" at the latest, in monotonic milliseconds, or OCPP_NEVER.
 */
uint64_t ocpp_session_next_timeout(const ocpp_session *session);

/**
 * A look inside (session-state.json). NULL after a fault.
 */
const char *ocpp_session_state(ocpp_session *session);

/**
 * The end of a session. NULL does nothing.
 */
void ocpp_session_free(ocpp_session *session);

/**
 * Says what is wrong with the OCPP messages in a text: a frame, a payload, or the log of any program. `version` is "1.6", "2.0.1",
 * "2.1", or NULL to guess it; `lenient` accepts what can be repaired; `as_json` wants a JSON object for each message instead of
 * sentences and a summary.
 */
char *ocpp_validate(const char *log,
                    const char *version,
                    bool lenient,
                    bool as_json,
                    char **error);

/**
 * Decodes the payload of a message ("BootNotificationRequest"), strictly or leniently, and writes it as its schema does
 * (decoded.json). Returns NULL if there is no such version or message.
 */
char *ocpp_decode(const char *version,
                  const char *message,
                  const char *payload,
                  bool lenient,
                  char **error);

/**
 * Answers a charging situation with its composite schedule, as `ocpp schedule lines` does.
 */
char *ocpp_schedule(const char *situation, char **error);

/**
 * Identifies a certificate (PEM) that `issuer` has signed, the same one for a root, as OCPP and OCSP do. `algorithm` is "SHA256",
 * "SHA384" or "SHA512".
 */
char *ocpp_certificate_hash_data(const char *certificate,
                                 const char *issuer,
                                 const char *algorithm,
                                 char **error);

/**
 * Makes the input {"NAME": "TEXT"}, for example of "Received" and a message: the text is quoted as JSON wants it.
 */
char *ocpp_input(const char *name,
                 const char *text);

/**
 * What a JSON pointer (RFC 6901) leads to in a JSON text, for example "/Transmit" in an output: a string as it is meant, everything
 * else as JSON. NULL if there is nothing.
 */
char *ocpp_text(const char *json,
                const char *pointer);

/**
 * Frees a text that came as `char *`. NULL does nothing.
 */
void ocpp_text_free(char *text);

/**
 * Makes a fleet. `config` is JSON (fleet-config.json), NULL for the defaults. `records` is a JSON array of all that `Store` has stored
 * before, NULL for a new one; polling on after `Store` says that it is stored. Returns NULL if that cannot be; then `error` says why.
 */
ocpp_fleet *ocpp_fleet_new(const char *config,
                           const char *records,
                           char **error);

/**
 * Takes an input (fleet-input.json). Poll the outputs afterwards.
 */
ocpp_status ocpp_fleet_handle(ocpp_fleet *fleet, ocpp_time now, const char *input);

/**
 * Lets a station, as its CSMS sees it, have what the fleet knows. Call it after each output of `remote` that was polled, before the next one, and
 * once when `remote` was made. Questions whether a token may charge are answered; then the reply is {"answered":true}, otherwise false. What
 * happens at the station is noted. Poll the outputs of the fleet too.
 */
ocpp_status ocpp_fleet_serve(ocpp_fleet *fleet,
                             ocpp_time now,
                             ocpp_remote *remote);

/**
 * The reply to the last input or service, or why it was refused: JSON, `null` for what has none.
 */
const char *ocpp_fleet_reply(const ocpp_fleet *fleet);

/**
 * The next output (fleet-output.json), or NULL when there is nothing more for now.
 */
const char *ocpp_fleet_poll_output(ocpp_fleet *fleet);

/**
 * A look inside (fleet-state.json). NULL after a fault.
 */
const char *ocpp_fleet_state(ocpp_fleet *fleet);

/**
 * The end of a fleet. NULL does nothing.
 */
void ocpp_fleet_free(ocpp_fleet *fleet);

/**
 * Hands in what a firmware gives. Call it once, before any other function. `platform` and what it leads to must stay as they are for good.
 * Returns OCPP_INVALID in a library that has the standard library, which needs nothing, OCPP_NO_TEXT if something is NULL.
 */
ocpp_status ocpp_set_platform(const ocpp_platform *platform);

/**
 * Makes a station as its CSMS sees it. `config` is JSON (remote-config.json) with at least `identity` and `seed`. `records` is a
 * JSON array of all that `Store` has stored before, NULL for a new one; polling on after `Store` says that it is stored. Returns NULL
 * if that cannot be; then `error` says why.
 */
ocpp_remote *ocpp_remote_new(const char *config,
                             const char *records,
                             char **error);

/**
 * Takes an input (remote-input.json). Poll the outputs afterwards.
 */
ocpp_status ocpp_remote_handle(ocpp_remote *remote, ocpp_time now, const char *input);

/**
 * The reply to the last input, or why it was refused: JSON, `null` for most.
 */
const char *ocpp_remote_reply(const ocpp_remote *remote);

/**
 * The next output (remote-output.json), or NULL when there is nothing more for now.
 */
const char *ocpp_remote_poll_output(ocpp_remote *remote);

/**
 * When to come back with "TimePassed" at the latest, in monotonic milliseconds, or OCPP_NEVER.
 */
uint64_t ocpp_remote_next_timeout(const ocpp_remote *remote);

/**
 * A look inside (remote-state.json). NULL after a fault.
 */
const char *ocpp_remote_state(ocpp_remote *remote);

/**
 * The end of one. NULL does nothing.
 */
void ocpp_remote_free(ocpp_remote *remote);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* OCPP_H */
