/* How many calls cross the border in a second. */
#define _POSIX_C_SOURCE 200809L
#include <ocpp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static ocpp_session *session;
static ocpp_remote *remote;

static ocpp_time now(void)
{
    struct timespec monotonic, utc;
    clock_gettime(CLOCK_MONOTONIC, &monotonic);
    clock_gettime(CLOCK_REALTIME, &utc);
    return (ocpp_time){(uint64_t)monotonic.tv_sec * 1000 + (uint64_t)monotonic.tv_nsec / 1000000,
                       (int64_t)utc.tv_sec * 1000 + utc.tv_nsec / 1000000};
}

/* What must not fail has failed. */
static void expect(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "%s\n", what);
        exit(EXIT_FAILURE);
    }
}

static char *received(int n)
{
    char frame[64];
    snprintf(frame, sizeof frame, "[2,\"%d\",\"Heartbeat\",{}]", n);
    return ocpp_input("Received", frame);
}

static void answer(int n)
{
    char *input = received(n), respond[128];
    expect(ocpp_session_handle(session, now(), input) == OCPP_OK, "the session refuses a frame");
    ocpp_text_free(input);
    for (const char *output; (output = ocpp_session_poll_output(session)) != NULL;) {
        char *token = ocpp_text(output, "/Call/token");
        if (token == NULL)
            continue;
        snprintf(respond, sizeof respond, "{\"Respond\": {\"token\": %s, \"payload\": \"{\\\"currentTime\\\":\\\"2024-05-15T12:00:00Z\\\"}\"}}",
                 token);
        ocpp_text_free(token);
        expect(ocpp_session_handle(session, now(), respond) == OCPP_OK, "the session refuses an answer");
    }
}

static void serve(int n)
{
    char *input = received(n);
    expect(ocpp_remote_handle(remote, now(), input) == OCPP_OK, "the CSMS's side refuses a frame");
    ocpp_text_free(input);
    while (ocpp_remote_poll_output(remote) != NULL)
        ;
}

static void state(int n)
{
    (void)n;
    expect(ocpp_session_state(session) != NULL, "there is no state");
}

static void validate(int n)
{
    char frame[64];
    snprintf(frame, sizeof frame, "[2,\"%d\",\"Heartbeat\",{}]", n);
    char *report = ocpp_validate(frame, "1.6", false, true, NULL);
    expect(report != NULL, "there is no report");
    ocpp_text_free(report);
}

static void measure(const char *name, void (*once)(int))
{
    struct timespec begin, end;
    const int rounds = 30000;
    for (int n = 0; n < 2000; n++)
        once(n);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (int n = 0; n < rounds; n++)
        once(n + 2000);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
    printf("%s: %.0f a second\n", name, rounds / seconds);
}

int main(void)
{
    session = ocpp_session_new("{\"version\": \"1.6\", \"role\": \"Csms\", \"seed\": 1}", NULL);
    remote = ocpp_remote_new("{\"identity\": \"CP1\", \"seed\": 1}", NULL, NULL);
    expect(session != NULL && remote != NULL, "they cannot be made");
    expect(ocpp_session_handle(session, now(), "\"Connected\"") == OCPP_OK, "the session does not connect");
    expect(ocpp_remote_handle(remote, now(), "{\"Connected\": {\"version\": \"1.6\"}}") == OCPP_OK, "the CSMS's side does not connect");
    while (ocpp_remote_poll_output(remote) != NULL)
        ;
    measure("a call in, answered by the application", answer);
    measure("a call in, answered by RemoteStation", serve);
    measure("the state of a session", state);
    measure("a frame validated", validate);
    ocpp_session_free(session);
    ocpp_remote_free(remote);
    return EXIT_SUCCESS;
}
