/*
 * The records of the firmware on any computer: the power fails at every single word that is written or erased, and what was stored is there
 * all the same.
 */
#include "board.h"
#include "records.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t flash[2 * BANK_WORDS];
static jmp_buf power;
/* So many words are still written before the power fails. */
static long left;

const volatile uint32_t *flash_bank(unsigned bank)
{
    return flash + bank * BANK_WORDS;
}

static void spend(void)
{
    if (left-- == 0)
        longjmp(power, 1);
}

void flash_erase(unsigned bank)
{
    for (size_t word = 0; word < BANK_WORDS; word++) {
        spend();
        flash[bank * BANK_WORDS + word] = UINT32_MAX;
    }
}

void flash_program(unsigned bank, size_t word, uint32_t value)
{
    spend();
    flash[bank * BANK_WORDS + word] &= value;
}

static void check(bool holds, const char *what, long at)
{
    if (!holds) {
        fprintf(stderr, "%s, power cut at word %ld\n", what, at);
        exit(EXIT_FAILURE);
    }
}

/* A record as the station writes it; large ones fill a bank within a few rounds. */
static const char *record(int number, int value)
{
    static char text[4096];
    snprintf(text, sizeof text, "{\"key\":\"k%d\",\"value\":\"%d%*s\"}", number, value, value % 7 * 300, "");
    return text;
}

/* Whether a key has this value, and no other one; 0 for none. */
static bool holds(const char *all, int number, int value)
{
    char key[16];
    snprintf(key, sizeof key, "{\"key\":\"k%d\"", number);
    const char *at = strstr(all, key);
    if (value == 0 || at == NULL)
        return value == 0 && at == NULL;
    const char *text = record(number, value);
    return strncmp(at, text, strlen(text)) == 0 && strstr(at + 1, key) == NULL;
}

int main(void)
{
    static volatile long cuts;
    memset(flash, 0xff, sizeof flash);
    /* What is stored for certain, by key; 0 for nothing. */
    static int stored[5], wanted;
    static volatile int number;
    static volatile unsigned step;
    static volatile long budget = 1;
    left = 1000000;
    records_open();
    for (step = 0; step < 60; step++) {
        number = (int)(step * 7 % 5);
        wanted = step % 11 == 3 ? 0 : (int)step + 1;
        static uint32_t before[2 * BANK_WORDS];
        memcpy(before, flash, sizeof flash);
        /* The same step again and again, with the power failing one word later each time, until it is done. */
        for (budget = 0;; budget += budget < 40 ? 1 : 997) {
            volatile bool done = false;
            memcpy(flash, before, sizeof flash);
            left = 1000000;
            records_open();
            left = budget;
            if (setjmp(power) == 0) {
                char key[16];
                snprintf(key, sizeof key, "k%d", number);
                done = records_store(key, wanted == 0 ? NULL : record(number, wanted));
                check(done, "there is no room", budget);
            } else {
                cuts++;
            }
            left = 1000000;
            records_open();
            char *all = records_read();
            for (int other = 0; other < 5; other++)
                check(other == number || holds(all, other, stored[other]), "another record is gone", budget);
            check(holds(all, number, wanted) || (!done && holds(all, number, stored[number])), "neither old nor new", budget);
            /* After the power cut it goes on: the next record is stored too. */
            check(records_store("next", "{\"key\":\"next\"}"), "nothing can be stored any longer", budget);
            free(all);
            all = records_read();
            check(strstr(all, "{\"key\":\"next\"}") != NULL, "the next record is gone", budget);
            free(all);
            if (done)
                break;
        }
        memcpy(flash, before, sizeof flash);
        left = 1000000;
        records_open();
        char key[16];
        snprintf(key, sizeof key, "k%d", number);
        check(records_store(key, wanted == 0 ? NULL : record(number, wanted)), "there is no room", -1);
        stored[number] = wanted;
    }
    printf("%ld power cuts, nothing lost\n", cuts);
    return cuts > 1000 ? EXIT_SUCCESS : EXIT_FAILURE;
}
