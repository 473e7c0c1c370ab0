/*
 * The C interface from C: what is right works, what is wrong says so, nothing leaks. Run under AddressSanitizer and valgrind by
 * .ci/languages.
 */
#include <ocpp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(what) \
    do { \
        if (!(what)) { \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #what); \
            exit(EXIT_FAILURE); \
        } \
    } while (0)

static const char *CONFIG = "{\"versions\": [\"1.6\"], \"vendor\": \"Maker\", \"model\": \"One\", \"evse\": [{}]}";
static const char *ACCEPTED = "[3,\"0\",{\"status\":\"Accepted\",\"currentTime\":\"2024-05-15T12:00:00Z\",\"interval\":300}]";

static ocpp_time at(uint64_t seconds)
{
    return (ocpp_time){seconds * 1000, 1715774400000 + (int64_t)seconds * 1000};
}

/* Tells a station something, and counts the outputs that contain a word. */
static int outputs(ocpp_station *station, uint64_t seconds, const char *input, const char *word)
{
    int found = 0;
    CHECK(ocpp_station_handle(station, at(seconds), input) == OCPP_OK);
    for (const char *output; (output = ocpp_station_poll_output(station)) != NULL;)
        found += strstr(output, word) != NULL;
    return found;
}

static void a_station(void)
{
    char *error = (char *)"not touched";
    ocpp_station *station = ocpp_station_new(CONFIG, NULL, at(0), &error);
    CHECK(station != NULL && error == NULL);
    CHECK(outputs(station, 0, "\"Start\"", "\"Connect\"") == 1);
    CHECK(outputs(station, 0, "{\"Connected\": {\"version\": \"1.6\"}}", "BootNotification") > 0);
    CHECK(ocpp_station_next_timeout(station) != OCPP_NEVER);
    char *received = ocpp_input("Received", ACCEPTED);
    CHECK(outputs(station, 1, received, "Transmit") > 0);
    ocpp_text_free(received);
    char *registration = ocpp_text(ocpp_station_state(station), "/registration");
    CHECK(registration != NULL && strcmp(registration, "Accepted") == 0);
    ocpp_text_free(registration);

    CHECK(ocpp_station_handle(station, at(2), "{\"Cable\": {\"at\": {\"evse\": 1}, \"state\": \"Connected\"}}") == OCPP_INVALID);
    char *pointer = ocpp_text(ocpp_station_reply(station), "/pointer");
    CHECK(pointer != NULL && strcmp(pointer, "/Cable/at") == 0);
    ocpp_text_free(pointer);
    CHECK(ocpp_station_handle(station, at(2), "{\"GetVariable\": {\"key\": \"HeartbeatInterval\"}}") == OCPP_OK);
    CHECK(strcmp(ocpp_station_reply(station), "{\"value\":\"300\"}") == 0);
    CHECK(ocpp_station_handle(station, at(2), NULL) == OCPP_NO_TEXT);
    CHECK(ocpp_station_handle(station, at(2), "\xff") == OCPP_NO_TEXT);
    ocpp_station_free(station);

    CHECK(ocpp_station_new("{\"versions\": 1}", NULL, at(0), &error) == NULL);
    CHECK(error != NULL && strstr(error, "\"pointer\":\"/versions\"") != NULL);
    ocpp_text_free(error);
    CHECK(ocpp_station_new(NULL, NULL, at(0), NULL) == NULL);
    CHECK(ocpp_station_new(CONFIG, "[{}]", (ocpp_time){0, OCPP_UTC_UNKNOWN}, NULL) == NULL);
    CHECK(ocpp_station_handle(NULL, at(0), "\"Start\"") == OCPP_NO_TEXT);
    CHECK(ocpp_station_poll_output(NULL) == NULL && ocpp_station_state(NULL) == NULL);
    CHECK(ocpp_station_reply(NULL) == NULL && ocpp_station_next_timeout(NULL) == OCPP_NEVER);
    ocpp_station_free(NULL);
}

static void two_sessions(void)
{
    ocpp_session *station = ocpp_session_new("{\"version\": \"1.6\", \"role\": \"Station\", \"seed\": 1}", NULL);
    ocpp_session *csms = ocpp_session_new("{\"version\": \"1.6\", \"role\": \"Csms\", \"seed\": 2}", NULL);
    CHECK(station != NULL && csms != NULL);
    CHECK(ocpp_session_handle(station, at(0), "\"Connected\"") == OCPP_OK);
    CHECK(ocpp_session_handle(csms, at(0), "\"Connected\"") == OCPP_OK);
    CHECK(ocpp_session_handle(station, at(0), "{\"Call\": {\"action\": \"Heartbeat\", \"payload\": \"{}\"}}") == OCPP_OK);
    CHECK(strcmp(ocpp_session_reply(station), "{\"call\":0}") == 0);
    char *text = ocpp_text(ocpp_session_poll_output(station), "/Transmit/text");
    char *received = ocpp_input("Received", text);
    CHECK(ocpp_session_handle(csms, at(0), received) == OCPP_OK);
    ocpp_text_free(text);
    ocpp_text_free(received);
    text = ocpp_text(ocpp_session_poll_output(csms), "/Call/action");
    CHECK(strcmp(text, "Heartbeat") == 0);
    ocpp_text_free(text);
    CHECK(ocpp_session_poll_output(csms) == NULL);
    text = ocpp_text(ocpp_session_state(csms), "/handling");
    CHECK(strcmp(text, "1") == 0);
    ocpp_text_free(text);
    CHECK(ocpp_session_next_timeout(csms) == 60000);
    ocpp_session_free(station);
    ocpp_session_free(csms);
    char *error = NULL;
    CHECK(ocpp_session_new("{\"version\": \"1.6\", \"role\": \"Cable\"}", &error) == NULL);
    CHECK(error != NULL && strstr(error, "/role") != NULL);
    ocpp_text_free(error);
    ocpp_session_free(NULL);
}

static void functions(void)
{
    CHECK(ocpp_abi_version() == OCPP_ABI_VERSION && strlen(ocpp_version()) > 0);
    char *error = NULL;
    char *report = ocpp_validate("[2,\"1\",\"Heartbeat\",{\"more\":1}]", "1.6", false, true, &error);
    CHECK(report != NULL && error == NULL && strstr(report, "\"pointer\":\"/more\"") != NULL);
    ocpp_text_free(report);
    CHECK(ocpp_validate("[]", "1.7", false, true, &error) == NULL && error != NULL);
    ocpp_text_free(error);
    char *decoded = ocpp_decode("1.6", "AuthorizeRequest", "{\"idTag\": 7}", true, NULL);
    CHECK(decoded != NULL && strstr(decoded, "deviations") != NULL);
    ocpp_text_free(decoded);
    CHECK(ocpp_decode("1.6", NULL, "{}", false, NULL) == NULL);
    CHECK(ocpp_schedule("{}", &error) == NULL && strstr(error, "not a situation") != NULL);
    ocpp_text_free(error);
    CHECK(ocpp_certificate_hash_data("", "", "SHA256", NULL) == NULL);
    CHECK(ocpp_text("{\"a\": [1, {\"b\": \"c\"}]}", "/a/2") == NULL && ocpp_text("{", "") == NULL);
    char *text = ocpp_text("{\"a\": [1, {\"b\": \"\\u00e4\"}]}", "/a/1/b");
    CHECK(strcmp(text, "\xc3\xa4") == 0);
    ocpp_text_free(text);
    CHECK(ocpp_text("\"a\\u0000b\"", "") == NULL);
    CHECK(ocpp_input("Received", NULL) == NULL);
}

/* The other side of a station: it answers, asks, stores, and goes on from its records. */
static void a_station_at_its_csms(void)
{
    ocpp_remote *csms = ocpp_remote_new("{\"identity\": \"CP1\", \"seed\": 1}", NULL, NULL);
    CHECK(csms != NULL);
    CHECK(ocpp_remote_handle(csms, at(0), "{\"Connected\": {\"version\": \"1.6\"}}") == OCPP_OK);
    CHECK(strcmp(ocpp_remote_reply(csms), "null") == 0);
    CHECK(ocpp_remote_poll_output(csms) != NULL);
    CHECK(ocpp_remote_poll_output(csms) == NULL);
    char *received = ocpp_input("Received", "[2,\"1\",\"Authorize\",{\"idTag\":\"A\"}]");
    CHECK(ocpp_remote_handle(csms, at(0), received) == OCPP_OK);
    ocpp_text_free(received);
    char *text = ocpp_text(ocpp_remote_poll_output(csms), "/Ask/question");
    CHECK(text != NULL);
    ocpp_text_free(text);
    CHECK(ocpp_remote_handle(csms, at(0), "\"Decline\"") == OCPP_OK);
    text = ocpp_text(ocpp_remote_poll_output(csms), "/Transmit");
    CHECK(text != NULL && strstr(text, "Invalid") != NULL);
    ocpp_text_free(text);
    CHECK(ocpp_remote_handle(csms, at(0), "{\"Connected\": {\"version\": \"1.5\"}}") == OCPP_INVALID);
    text = ocpp_text(ocpp_remote_reply(csms), "/pointer");
    CHECK(text != NULL && strcmp(text, "/Connected/version") == 0);
    ocpp_text_free(text);
    CHECK(strstr(ocpp_remote_state(csms), "\"identity\":\"CP1\"") != NULL);
    CHECK(ocpp_remote_next_timeout(csms) == OCPP_NEVER);
    ocpp_remote_free(csms);

    char *error = NULL;
    CHECK(ocpp_remote_new("{\"identity\": \"CP1\"}", NULL, &error) == NULL);
    CHECK(error != NULL);
    ocpp_text_free(error);
    CHECK(ocpp_remote_handle(NULL, at(0), "\"Decline\"") == OCPP_NO_TEXT);
    CHECK(ocpp_remote_poll_output(NULL) == NULL && ocpp_remote_state(NULL) == NULL);
    ocpp_remote_free(NULL);
}

/* A fleet answers who may charge, and stores what it was told. */
static void a_fleet(void)
{
    char *error = NULL;
    ocpp_fleet *fleet = ocpp_fleet_new(NULL, NULL, &error);
    CHECK(fleet != NULL && error == NULL);
    const char *put = "{\"PutToken\": {\"idToken\": \"A\", \"token\": {\"status\": \"Accepted\"}}}";
    CHECK(ocpp_fleet_handle(fleet, at(0), put) == OCPP_OK);
    CHECK(strstr(ocpp_fleet_poll_output(fleet), "token/a") != NULL);
    CHECK(ocpp_fleet_poll_output(fleet) == NULL);
    CHECK(strstr(ocpp_fleet_state(fleet), "\"tokens\":1") != NULL);
    ocpp_remote *csms = ocpp_remote_new("{\"identity\": \"CP1\", \"seed\": 1}", NULL, NULL);
    CHECK(ocpp_remote_handle(csms, at(0), "{\"Connected\": {\"version\": \"1.6\"}}") == OCPP_OK);
    while (ocpp_remote_poll_output(csms) != NULL)
        CHECK(ocpp_fleet_serve(fleet, at(0), csms) == OCPP_OK && strstr(ocpp_fleet_reply(fleet), "false") != NULL);
    char *received = ocpp_input("Received", "[2,\"1\",\"Authorize\",{\"idTag\":\"A\"}]");
    CHECK(ocpp_remote_handle(csms, at(0), received) == OCPP_OK);
    ocpp_text_free(received);
    CHECK(strstr(ocpp_remote_poll_output(csms), "Ask") != NULL);
    CHECK(ocpp_fleet_serve(fleet, at(0), csms) == OCPP_OK && strstr(ocpp_fleet_reply(fleet), "true") != NULL);
    CHECK(strstr(ocpp_remote_poll_output(csms), "Accepted") != NULL);
    CHECK(ocpp_fleet_serve(fleet, (ocpp_time){0, OCPP_UTC_UNKNOWN}, csms) == OCPP_INVALID);
    CHECK(ocpp_fleet_serve(fleet, at(0), NULL) == OCPP_NO_TEXT && ocpp_fleet_handle(NULL, at(0), put) == OCPP_NO_TEXT);
    CHECK(ocpp_fleet_new("{", NULL, &error) == NULL && error != NULL);
    ocpp_text_free(error);
    ocpp_remote_free(csms);
    ocpp_fleet_free(fleet);
    ocpp_fleet_free(NULL);
}

/* What a firmware hands in is not wanted where there is a standard library. */
static void a_platform(void)
{
    const ocpp_platform nothing = {NULL, NULL, NULL};
    CHECK(ocpp_set_platform(NULL) == OCPP_NO_TEXT && ocpp_set_platform(&nothing) == OCPP_NO_TEXT);
}

/* Whole sessions, one after the other: what is left behind grows. */
static void many(int count)
{
    for (int i = 0; i < count; i++) {
        ocpp_station *station = ocpp_station_new(CONFIG, NULL, at(0), NULL);
        outputs(station, 0, "\"Start\"", "");
        outputs(station, 0, "{\"Connected\": {\"version\": \"1.6\"}}", "");
        char *received = ocpp_input("Received", ACCEPTED);
        outputs(station, 1, received, "");
        ocpp_text_free(received);
        ocpp_station_state(station);
        ocpp_station_free(station);
    }
}

int main(int argc, char **argv)
{
    a_station();
    two_sessions();
    a_station_at_its_csms();
    a_fleet();
    a_platform();
    functions();
    many(argc > 1 ? atoi(argv[1]) : 100);
    puts("6 passed, 0 failed");
    return EXIT_SUCCESS;
}
