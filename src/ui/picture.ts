/** Drawings as image files, in the colours of the page as it is. */
import type { Palette } from '../exports/svg.ts';
import { download } from './download.ts';
import { say } from './say.svelte.ts';

/** Pixels of a PNG for one of its drawing: sharp on paper and on a projector. */
const sharpness = 2;

/** The page's colours, by the name of a custom property. */
export const paletteOf = (element: Element = document.documentElement): Palette => {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(name).trim();
};

/**
 * Hands a drawing to the browser as a file to save.
 * @param name without its ending
 * @throws Error when the browser cannot paint it
 */
export async function saveDrawing(name: string, svg: string, as: 'svg' | 'png'): Promise<void> {
  if (as === 'svg') return download(`${name}.svg`, svg, 'image/svg+xml');
  download(`${name}.png`, await pngOf(svg), 'image/png');
}

async function pngOf(svg: string): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = sharpness * image.naturalWidth;
    canvas.height = sharpness * image.naturalHeight;
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) =>
        blob ? resolve(blob) : reject(new Error(say('it is too large for this browser'))),
      ),
    );
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`The image could not be painted (${why}). Save it as SVG instead.`, { cause: error });
  } finally {
    URL.revokeObjectURL(url);
  }
}
