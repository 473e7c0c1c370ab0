/*
 * A charging station on lines: OCPP messages of the CSMS come in on standard input, those of the station go out on standard output.
 * Whatever carries lines carries it, for example a bridge to a WebSocket. What it stores is lost at the end: a real station keeps it.
 */
#define _POSIX_C_SOURCE 200809L
#include <ocpp.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static ocpp_time now(void)
{
    struct timespec monotonic, utc;
    clock_gettime(CLOCK_MONOTONIC, &monotonic);
    clock_gettime(CLOCK_REALTIME, &utc);
    return (ocpp_time){(uint64_t)monotonic.tv_sec * 1000 + (uint64_t)monotonic.tv_nsec / 1000000,
                       (int64_t)utc.tv_sec * 1000 + utc.tv_nsec / 1000000};
}

static void tell(ocpp_station *station, const char *input)
{
    if (ocpp_station_handle(station, now(), input) != OCPP_OK)
        fprintf(stderr, "%s\n", ocpp_station_reply(station));
    for (const char *output; (output = ocpp_station_poll_output(station)) != NULL;) {
        char *message = ocpp_text(output, "/Transmit");
        if (message != NULL)
            printf("%s\n", message);
        else if (strncmp(output, "{\"Connect\"", 10) == 0) /* Lines are always connected. */
            ocpp_station_handle(station, now(), "{\"Connected\": {\"version\": \"1.6\"}}");
        else /* What this station has no hardware for. */
            ocpp_station_handle(station, now(), "\"Decline\"");
        ocpp_text_free(message);
    }
    fflush(stdout);
}

int main(void)
{
    char *error = NULL, line[65536];
    ocpp_station *station = ocpp_station_new(
        "{\"versions\": [\"1.6\"], \"vendor\": \"Example\", \"model\": \"Lines\", \"evse\": [{}]}", NULL, now(), &error);
    if (station == NULL)
        return fprintf(stderr, "%s\n", error), ocpp_text_free(error), EXIT_FAILURE;
    setvbuf(stdin, NULL, _IONBF, 0); /* Nothing waits where poll does not see it. */
    tell(station, "\"Start\"");
    for (;;) {
        uint64_t next = ocpp_station_next_timeout(station), at = now().monotonic_ms;
        int wait = next == OCPP_NEVER ? -1 : next <= at ? 0 : next - at > 60000 ? 60000 : (int)(next - at);
        struct pollfd input = {.fd = 0, .events = POLLIN};
        if (poll(&input, 1, wait) == 0) {
            tell(station, "\"TimePassed\"");
        } else if (fgets(line, sizeof line, stdin) != NULL) {
            line[strcspn(line, "\r\n")] = '\0';
            /* A line that is an input itself moves the hardware: {"Cable": …}, {"TokenPresented": …}. */
            char *received = line[0] == '[' ? ocpp_input("Received", line) : NULL;
            tell(station, received != NULL ? received : line);
            ocpp_text_free(received);
        } else {
            break;
        }
    }
    ocpp_station_free(station);
    return EXIT_SUCCESS;
}
