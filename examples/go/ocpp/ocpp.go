// Package ocpp calls the C library: a charging station as a value, with JSON going in and coming out.
//
// A Station is used by one goroutine at a time. docs/embedding.md explains inputs and outputs.
package ocpp

/*
#cgo pkg-config: ocpp
#include <stdlib.h>
#include <ocpp.h>
*/
import "C"

import (
	"encoding/json"
	"errors"
	"runtime"
	"time"
	"unsafe"
)

// Record is what must survive a power cut.
type Record struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Output is what a station wants done: its name, and what belongs to it.
type Output struct {
	Name string
	Body json.RawMessage
}

// Into reads the body.
func (output Output) Into(value any) error { return json.Unmarshal(output.Body, value) }

// Input is an input with a body, for example Input{"Received": text}. One without a body is a string.
type Input map[string]any

// Station is a charging station.
type Station struct{ it *C.ocpp_station }

var start = time.Now()

func now() C.ocpp_time {
	at := time.Now()
	return C.ocpp_time{C.uint64_t(at.Sub(start).Milliseconds()), C.int64_t(at.UnixMilli())}
}

func taken(text *C.char) string {
	defer C.ocpp_text_free(text)
	return C.GoString(text)
}

func given(text string) (*C.char, func()) {
	c := C.CString(text)
	return c, func() { C.free(unsafe.Pointer(c)) }
}

// NewStation makes a station from its configuration (JSON) and its records.
func NewStation(config string, records []Record) (*Station, error) {
	if records == nil {
		records = []Record{}
	}
	all, err := json.Marshal(records)
	if err != nil {
		return nil, err
	}
	configText, free := given(config)
	defer free()
	recordsText, free := given(string(all))
	defer free()
	var failed *C.char
	it := C.ocpp_station_new(configText, recordsText, now(), &failed)
	if it == nil {
		return nil, errors.New(taken(failed))
	}
	station := &Station{it}
	runtime.SetFinalizer(station, func(station *Station) { C.ocpp_station_free(station.it) })
	return station, nil
}

// Handle tells the station something, and gives its reply: null for most.
func (station *Station) Handle(input any) (json.RawMessage, error) {
	text, err := json.Marshal(input)
	if err != nil {
		return nil, err
	}
	inputText, free := given(string(text))
	defer free()
	status := C.ocpp_station_handle(station.it, now(), inputText)
	reply := C.GoString(C.ocpp_station_reply(station.it))
	runtime.KeepAlive(station)
	if status != C.OCPP_OK {
		return nil, errors.New(reply)
	}
	return json.RawMessage(reply), nil
}

// Poll gives the next output, or nil. Carry each out before the next is polled.
func (station *Station) Poll() *Output {
	defer runtime.KeepAlive(station)
	text := C.ocpp_station_poll_output(station.it)
	if text == nil {
		return nil
	}
	var output Output
	members := map[string]json.RawMessage{}
	if bytes := []byte(C.GoString(text)); json.Unmarshal(bytes, &members) == nil {
		for output.Name, output.Body = range members {
		}
	} else if json.Unmarshal(bytes, &output.Name) != nil {
		return nil
	}
	return &output
}

// State is a look inside.
func (station *Station) State() json.RawMessage {
	defer runtime.KeepAlive(station)
	return json.RawMessage(C.GoString(C.ocpp_station_state(station.it)))
}

// Timeout says how long to wait until "TimePassed" at the latest.
func (station *Station) Timeout() time.Duration {
	defer runtime.KeepAlive(station)
	next := uint64(C.ocpp_station_next_timeout(station.it))
	at := uint64(time.Since(start).Milliseconds())
	if next <= at {
		return 0
	}
	if next-at > 3_600_000 {
		return time.Hour
	}
	return time.Duration(next-at) * time.Millisecond
}
