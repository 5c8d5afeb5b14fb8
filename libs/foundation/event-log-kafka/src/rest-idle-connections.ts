import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

/**
 * kafkajs 2.2.4 looks for waiting requests every millisecond on each connection, for as long as the connection lives
 * (tulios/kafkajs#1704; Node also warns of the negative timeouts, #1751). With nothing waiting and no throttling
 * there is nothing to look for: a new request, or the answer to one, starts the next look by itself.
 */
const { prototype } = RequestQueue;
const schedule = prototype.scheduleCheckPendingRequests;
prototype.scheduleCheckPendingRequests = function scheduleWhenWaiting(): void {
  if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
};
