// Adds events to the list as they happen. Without scripts, the list has those that the server knew.
(() => {
  "use strict";

  const MAX_EVENTS = 50;
  const RETRY_MILLIS = 30000;
  const list = document.getElementById("events");
  const button = document.getElementById("events-pause");
  const state = document.getElementById("events-state");
  const none = document.getElementById("events-none");
  if (!list || !button || !window.EventSource) {
    return;
  }

  let source = null;
  let paused = false;
  let latest = list.firstElementChild ? list.firstElementChild.dataset.id : null;

  function describe(event) {
    const item = document.createElement("li");
    const time = document.createElement("time");
    time.dateTime = event.at;
    time.textContent = event.at.substring(11, 19);
    let subject = document.createTextNode(event.subject);
    if (event.sender) {
      subject = document.createElement("a");
      subject.className = "address";
      subject.href = "/senders/" + event.subject;
      subject.textContent = event.subject;
    }
    item.dataset.id = event.id;
    item.append(time, " ", subject, ": ", event.text);
    return item;
  }

  function add(message) {
    const event = JSON.parse(message.data);
    latest = event.id;
    none.hidden = true;
    list.prepend(describe(event));
    while (list.children.length > MAX_EVENTS) {
      list.lastElementChild.remove();
    }
  }

  function close() {
    if (source) {
      source.close();
      source = null;
    }
  }

  // a hidden tab needs no connection: a browser has only six to a server
  function update() {
    if (paused || document.hidden) {
      close();
      state.textContent = paused ? "Paused" : "";
    } else if (!source) {
      source = new EventSource("/events" + (latest ? "?since=" + latest : ""));
      source.onopen = () => { state.textContent = "Live"; };
      source.onmessage = add;
      source.onerror = () => {
        if (source && source.readyState === EventSource.CLOSED) {
          state.textContent = "No live updates; trying again";
          close();
          window.setTimeout(update, RETRY_MILLIS);
        } else {
          state.textContent = "Connecting again";
        }
      };
    }
  }

  button.hidden = false;
  button.addEventListener("click", () => {
    paused = !paused;
    button.textContent = paused ? "Go on" : "Pause";
    update();
  });
  document.addEventListener("visibilitychange", update);
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", update);
  update();
})();
