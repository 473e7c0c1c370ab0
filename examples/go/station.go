// A charging station in Go: it registers, a car is charged for some seconds. Needs a CSMS: ocpp csms --listen 127.0.0.1:9000
//
//	go run . ws://127.0.0.1:9000/CP001 10
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strconv"
	"time"

	"example.org/station/ocpp"
	"github.com/gorilla/websocket"
)

const config = `{"versions": ["1.6"], "vendor": "Example", "model": "Go", "evse": [{}]}`

var at = map[string]any{"evse": 1, "connector": 1}

type charger struct {
	url     string
	station *ocpp.Station
	socket  *websocket.Conn
	inputs  chan any
	ended   bool
}

// connect reads messages until the connection ends.
func (charger *charger) connect() {
	dialer := websocket.Dialer{Subprotocols: []string{"ocpp1.6"}}
	socket, _, err := dialer.Dial(charger.url, nil)
	if err != nil {
		charger.inputs <- "Disconnected"
		return
	}
	charger.inputs <- socket
	for {
		_, message, err := socket.ReadMessage()
		if err != nil {
			charger.inputs <- "Disconnected"
			return
		}
		charger.inputs <- ocpp.Input{"Received": string(message)}
	}
}

// tell hands an input over, and carries out what comes of it. Records are lost at the end here: a real station keeps them.
func (charger *charger) tell(input any) {
	if _, err := charger.station.Handle(input); err != nil {
		log.Fatal(err)
	}
	for output := charger.station.Poll(); output != nil; output = charger.station.Poll() {
		switch output.Name {
		case "Connect":
			go charger.connect()
		case "Transmit":
			var message string
			if output.Into(&message) == nil && charger.socket != nil {
				fmt.Println("->", message)
				_ = charger.socket.WriteMessage(websocket.TextMessage, []byte(message))
			}
		case "Transaction":
			var told struct{ News map[string]any }
			_ = output.Into(&told)
			_, charger.ended = told.News["Ended"]
		default: // What this station has no hardware for.
			if _, err := charger.station.Handle("Decline"); err != nil {
				log.Fatal(err)
			}
		}
	}
}

// registered says whether the CSMS has accepted the station.
func (charger *charger) registered() bool {
	var state struct{ Registration string }
	return json.Unmarshal(charger.station.State(), &state) == nil && state.Registration == "Accepted"
}

func main() {
	charger := charger{url: "ws://127.0.0.1:9000/CP001", inputs: make(chan any, 16)}
	seconds := 10
	if len(os.Args) > 2 {
		charger.url = os.Args[1]
		seconds, _ = strconv.Atoi(os.Args[2])
	}
	var err error
	if charger.station, err = ocpp.NewStation(config, nil); err != nil {
		log.Fatal(err)
	}
	charger.tell("Start")
	var leaves, quiet <-chan time.Time
	for {
		if leaves == nil && charger.registered() {
			charger.tell(ocpp.Input{"Cable": map[string]any{"at": at, "state": "Connected"}})
			charger.tell(ocpp.Input{"TokenPresented": map[string]any{"evse": 1, "token": map[string]any{"id": "card"}}})
			leaves = time.After(time.Duration(seconds) * time.Second)
		}
		select {
		case input := <-charger.inputs:
			if socket, opened := input.(*websocket.Conn); opened {
				charger.socket, input = socket, ocpp.Input{"Connected": map[string]any{"version": "1.6"}}
			}
			charger.tell(input)
		case <-time.After(charger.station.Timeout()):
			charger.tell("TimePassed")
		case <-leaves:
			charger.tell(ocpp.Input{"Cable": map[string]any{"at": at, "state": "Unplugged"}})
		case <-quiet:
			return
		}
		if charger.ended && quiet == nil {
			quiet = time.After(time.Second) // For the last answers.
		}
	}
}
