// Events of `POST /public/v1/chat`, beside a client that openapi-generator made.
//
//	err := chatStream(ctx, url, key, "sarah@example.org", request, func(name string, data json.RawMessage) error { … })

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"example.org/clients/katonic"
)

// chatStream gives each event to `each`, up to `agent.complete`. An error of `each`, or an end of ctx, cancels the call.
func chatStream(ctx context.Context, url, key, user string, request katonic.ChatRequest, each func(name string, data json.RawMessage) error) error {
	request.SetStream(true)
	body, err := json.Marshal(request)
	if err != nil {
		return err
	}
	call, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/public/v1/chat", bytes.NewReader(body))
	if err != nil {
		return err
	}
	for name, value := range map[string]string{"Authorization": "Bearer " + key, "X-User-Email": user, "Content-Type": "application/json", "Accept": "text/event-stream"} {
		call.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(call)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	failed := func(data []byte) error {
		var envelope katonic.ErrorEnvelope
		if err := json.Unmarshal(data, &envelope); err != nil {
			return err
		}
		return errors.New(envelope.Error.Message)
	}
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 4<<20)
	for name, data := "", ""; lines.Scan(); {
		line := lines.Text()
		switch {
		case answer.StatusCode != http.StatusOK:
			return failed([]byte(line))
		case strings.HasPrefix(line, "event: "):
			name = line[len("event: "):]
		case strings.HasPrefix(line, "data: "):
			data += line[len("data: "):]
		case line == "" && data != "":
			if name == "error" {
				return failed([]byte(data))
			}
			if err := each(name, json.RawMessage(data)); err != nil || name == "agent.complete" {
				return err
			}
			name, data = "", ""
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return errors.New("the stream ended before its answer did")
}
