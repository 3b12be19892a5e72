/** Copies text. False where the browser refuses, as in many frames, or gives the page no clipboard, as on http. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
