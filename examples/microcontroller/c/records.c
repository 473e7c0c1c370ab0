/*
 * A log in two banks of flash. An entry is appended: its length, key and text, and last of all the checksum that makes it count. When a bank
 * is full, the newest entry of each key is copied into the other one, whose heading is written last and makes that bank count. A power cut
 * at any place leaves what was before, or what is new.
 */
#include "records.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"

#define MAGIC 0x4f435052u
/* Of a bank: MAGIC, its number, the number inverted. */
#define HEADING 3u
#define ERASED UINT32_MAX

/* Where records are, and where the next entry goes. */
static unsigned bank;
static size_t end;

/* An entry: the word with its length in bytes and that inverted, the checksum, the key with its null byte, the text with its own. */
typedef struct {
    size_t at, bytes;
    const char *key;
} entry;

static size_t words(size_t bytes)
{
    return (bytes + 3) / 4;
}

static uint32_t checksum(const uint8_t *bytes, size_t length)
{
    uint32_t crc = UINT32_MAX;
    while (length-- > 0) {
        crc ^= *bytes++;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc == ERASED ? 0 : ~crc; /* Never what erased flash shows. */
}

/* The entry at `at`, whether it counts or not. `at` moves behind it, and ends where the next entry goes. */
static bool step(size_t *at, entry *found)
{
    const volatile uint32_t *flash = flash_bank(bank);
    if (*at + 2 >= BANK_WORDS || flash[*at] == ERASED)
        return false;
    uint32_t length = flash[*at] & 0xffff;
    if (length != (~flash[*at] >> 16 & 0xffff) || *at + 2 + words(length) > BANK_WORDS) {
        *at = BANK_WORDS; /* The power failed within this word: nobody knows what is behind it, so that nothing is. */
        return false;
    }
    *found = (entry){*at, length, (const char *)(uintptr_t)(flash + *at + 2)};
    *at += 2 + words(length);
    return true;
}

/* Whether an entry was written to its end. */
static bool counts(const entry *it)
{
    return flash_bank(bank)[it->at + 1] == checksum((const uint8_t *)it->key, it->bytes);
}

/* The first entry at or behind `at` that counts. */
static bool next(size_t *at, entry *found)
{
    while (step(at, found))
        if (counts(found))
            return true;
    return false;
}

static const char *text(const entry *of)
{
    return of->key + strlen(of->key) + 1;
}

/* Whether no later entry has the same key, and it has a text. */
static bool lives(const entry *it)
{
    size_t at = it->at + 2 + words(it->bytes), key = strlen(it->key) + 1;
    for (entry later; step(&at, &later);)
        if (later.bytes > key && memcmp(later.key, it->key, key) == 0 && counts(&later))
            return false;
    return *text(it) != '\0';
}

static bool append(unsigned to, size_t *at, const char *key, const char *json)
{
    size_t key_bytes = strlen(key) + 1, bytes = key_bytes + strlen(json) + 1;
    if (bytes > 0xffff || *at + 2 + words(bytes) > BANK_WORDS)
        return false;
    flash_program(to, *at, (uint32_t)bytes | ~(uint32_t)bytes << 16);
    for (size_t word = 0; word < words(bytes); word++) {
        uint8_t four[4] = {0xff, 0xff, 0xff, 0xff};
        for (size_t i = 0; i < 4 && word * 4 + i < bytes; i++) {
            size_t byte = word * 4 + i;
            four[i] = (uint8_t)(byte < key_bytes ? key[byte] : json[byte - key_bytes]);
        }
        uint32_t value;
        memcpy(&value, four, 4);
        flash_program(to, *at + 2 + word, value);
    }
    const uint8_t *written = (const uint8_t *)(uintptr_t)(flash_bank(to) + *at + 2);
    flash_program(to, *at + 1, checksum(written, bytes));
    *at += 2 + words(bytes);
    return true;
}

static uint32_t number(unsigned of)
{
    const volatile uint32_t *flash = flash_bank(of);
    return flash[0] == MAGIC && flash[1] == ~flash[2] ? flash[1] : 0;
}

static void head(unsigned it, uint32_t number)
{
    flash_program(it, 1, number);
    flash_program(it, 2, ~number);
    flash_program(it, 0, MAGIC);
}

/* Goes over to the other bank with what lives. */
static void compact(void)
{
    unsigned other = 1 - bank;
    size_t at = HEADING, to = HEADING;
    flash_erase(other);
    for (entry it; next(&at, &it);)
        if (lives(&it))
            append(other, &to, it.key, text(&it));
    head(other, number(bank) + 1);
    bank = other;
    end = to;
}

void records_open(void)
{
    bank = number(1) > number(0);
    if (number(bank) == 0) {
        flash_erase(bank);
        head(bank, 1);
    }
    end = HEADING;
    for (entry it; step(&end, &it);)
        ;
}

char *records_read(void)
{
    size_t length = 3, at = HEADING;
    for (entry it; next(&at, &it);)
        length += it.bytes;
    char *all = malloc(length), *to = all;
    if (all == NULL)
        return NULL;
    *to++ = '[';
    at = HEADING;
    for (entry it; next(&at, &it);) {
        if (!lives(&it))
            continue;
        if (to > all + 1)
            *to++ = ',';
        size_t bytes = strlen(text(&it));
        memcpy(to, text(&it), bytes);
        to += bytes;
    }
    memcpy(to, "]", 2);
    return all;
}

bool records_store(const char *key, const char *json)
{
    if (json == NULL)
        json = "";
    if (append(bank, &end, key, json))
        return true;
    compact();
    return append(bank, &end, key, json);
}
