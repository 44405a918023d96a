extension ConsolePage {
    /// The module that follows one task: by its event stream, and by asking again and again while that brings nothing.
    static let taskWatch = """
        const endings = ["completed", "failed", "cancelled"];
        // A stream's first event is on its way at once; one that is not here by then is held back by something in between.
        const patience = 5000;
        const firstPause = 1000;
        const longestPause = 5000;
        const longestPauseAfterErrors = 30000;
        const longestAnswer = 10000;

        /// Calls `on.state(state)` with each new state, `on.end(task)` with the last one, `on.note(text)` with what is to be known of the
        /// connection ("" when all is well), and `on.refused(error)` when there is nothing to follow any more.
        export class TaskWatch {
          #ask;
          #on;
          #source;
          #timer;
          #isOver = false;
          /// Counts what the stream brought, so that an answer which was overtaken by it is known.
          #events = 0;
          /// The newest state of the stream, and the newest of all when that came by asking.
          #streamed = null;
          #asked = null;
          #pauses = 0;
          #failures = 0;

          /// - ask: makes one `GET /tasks/{id}`; rejects with an error that has the answer's `status`, if there was one.
          constructor(url, ask, on) {
            this.#ask = ask;
            this.#on = on;
            this.#source = new EventSource(url);
            this.#source.addEventListener("progress", (event) => this.#take(JSON.parse(event.data)));
            for (const ending of endings) {
              this.#source.addEventListener(ending, (event) => this.#end(JSON.parse(event.data)));
            }
            this.#source.onopen = () => {
              if (!this.#asked) this.#on.note("");
            };
            this.#source.onerror = () => this.#lost();
            this.#askIn(patience);
          }

          close() {
            this.#isOver = true;
            clearTimeout(this.#timer);
            this.#source.close();
          }

          #end(task) {
            if (this.#isOver) return;
            this.close();
            this.#on.note("");
            this.#on.end(task);
          }

          #take(state) {
            const asked = this.#asked;
            this.#streamed = state;
            // What was held back comes late: older than what has been shown already.
            if (asked && state.attempt === asked.attempt && state.progress < asked.progress) return;
            this.#events += 1;
            clearTimeout(this.#timer);
            // A stream that was held back once may be again.
            if (asked) this.#askIn(patience);
            this.#pauses = 0;
            this.#on.note("");
            this.#on.state(state);
          }

          #lost() {
            if (this.#isOver) return;
            if (this.#source.readyState === EventSource.CLOSED) {
              // A browser gives up for ever after an answer that is no stream; asking tells why.
              this.#on.note("The stream of live updates can't be opened. Asking the server instead.");
              this.#askIn(0);
            } else {
              this.#on.note("Reconnecting…");
            }
          }

          #askIn(milliseconds) {
            clearTimeout(this.#timer);
            this.#timer = setTimeout(() => this.#askOnce(), milliseconds);
          }

          async #askOnce() {
            const events = this.#events;
            try {
              const task = await this.#ask(AbortSignal.timeout(longestAnswer));
              if (this.#isOver) return;
              this.#failures = 0;
              if (endings.includes(task.status.toLowerCase())) return this.#end(task);
              // The stream has overtaken the answer, and has said what is to be asked next.
              if (this.#events !== events) return;
              this.#show(task);
            } catch (error) {
              if (this.#isOver) return;
              if ([401, 403, 404].includes(error.status)) {
                this.close();
                this.#on.note("");
                return this.#on.refused(error);
              }
              if (this.#events !== events) return;
              this.#failures += 1;
              this.#on.note("The server can't be reached. Trying again…");
            }
            this.#askIn(this.#pause());
          }

          #show(task) {
            this.#asked = task;
            const streamed = this.#streamed;
            const isNews = !streamed || task.attempt !== streamed.attempt || task.progress !== streamed.progress;
            if (this.#source.readyState === EventSource.CLOSED) {
              this.#on.note("The stream of live updates can't be opened. Asking the server instead.");
            } else if (isNews) {
              this.#on.note("No live updates come through: a proxy between this page and the server seems to hold them back. Asking the server instead.");
            }
            if (isNews) this.#on.state(task);
          }

          #pause() {
            if (this.#failures > 0) {
              return Math.min(firstPause * 2 ** this.#failures, longestPauseAfterErrors) * (0.75 + Math.random() / 2);
            }
            this.#pauses += 1;
            return Math.min(firstPause * 1.2 ** (this.#pauses - 1), longestPause);
          }
        }
        """
}
