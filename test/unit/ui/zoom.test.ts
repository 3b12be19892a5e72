import { describe, expect, it } from 'vitest';
import { plainAxes } from '../../../src/ui/charts/series.ts';
import { ZoomState } from '../../../src/ui/charts/zoom.svelte.ts';

describe('the zoom that charts share', () => {
  it('is on whole updates, in whichever order they were dragged over, and gives way to all', () => {
    const zoom = new ZoomState();
    expect([zoom.span, zoom.axes]).toEqual([null, plainAxes]);
    zoom.to(9.4, 2.6);
    expect(zoom.span).toEqual([3, 9]);
    expect(zoom.axes).toEqual({ ...plainAxes, span: [3, 9] });
    zoom.to(-4, 5);
    expect(zoom.span).toEqual([0, 5]);
    zoom.to(5.1, 5.2); // less than one update
    expect(zoom.span).toBeNull();
    zoom.to(1, 2);
    zoom.reset();
    expect(zoom.axes).toEqual(plainAxes);
  });
});
