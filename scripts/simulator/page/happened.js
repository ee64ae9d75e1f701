import { showProcess } from './app-process.js';
import { createInside } from './inside.js';
import { createPanel } from './panel.js';
import { ask } from './talk.js';
import { createTimeline } from './timeline.js';

const $ = (id) => document.getElementById(id);

/** The panel beside the chat: the timeline and the inside of the open chat. `person()` returns the id of the open chat. */
export function startHappened({ person, bubble, showError }) {
  const timeline = createTimeline($('groups'), { bubble });
  const inside = createInside($('inside'), $('inside-line'), { person, showError });
  const panel = createPanel({ shown: (tab) => inside.see(tab === 'inside') });
  /** Entries that arrived while the timeline was being fetched. */
  let early;

  return {
    /** Another chat is open, or the same one after the simulator was away. */
    async open(id) {
      const arrived = [];
      early = arrived;
      timeline.show([]);
      $('timeline-line').textContent = '';
      inside.moved();
      const { entries } = await ask(`timeline?person=${encodeURIComponent(id)}`).catch((error) => {
        showError(error);
        return { entries: [] };
      });
      if (early !== arrived) return;
      early = undefined;
      timeline.show([...entries, ...arrived]);
    },
    /** A step, an exchange or a note has come, or has changed. `of`: the person; null for a note, which is of every chat. */
    entry(of, entry) {
      if (entry.type === 'note') showProcess(entry.text);
      if (of !== null && of !== person()) return;
      inside.changed();
      if (early) early.push(entry);
      else timeline.put(entry);
    },
    /** Shows what the app did with a message. */
    show({ id }) {
      panel.open('timeline', document.activeElement);
      $('timeline-line').textContent = timeline.select(id) ? '' : 'Nothing is recorded of this message.';
    },
  };
}
