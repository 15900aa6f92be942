using Microsoft.Extensions.Options;

namespace Portal.Invoices.Printing;

/// <summary>How a try to print ended.</summary>
internal abstract record PrintOutcome
{
    private PrintOutcome()
    {
    }

    /// <summary>The PDF's bytes.</summary>
    internal sealed record Pdf(byte[] Bytes) : PrintOutcome;

    /// <summary>There is no Chromium-family browser on this machine.</summary>
    internal sealed record NoRenderer : PrintOutcome;
}

/// <summary>Keeps one warm browser and prints one page at a time; a browser that dies or hangs is replaced, once per page.</summary>
internal sealed class Printer(IOptions<PrintingOptions> settings, ILogger<Printer> log) : IAsyncDisposable
{
    private readonly PrintingOptions options = settings.Value;
    private readonly SemaphoreSlim gate = new(1, 1);
    private Renderer? warm;

    /// <summary>The browser's process, for tests that kill it.</summary>
    internal int? RendererProcess => warm?.ProcessId;

    /// <summary>Whether a browser is there.</summary>
    internal bool CanPrint => Browser is not null;

    private string? Browser => FindBrowser.On(options.Browser, Environment.GetEnvironmentVariable("PATH"));

    /// <summary>Prints the document.</summary>
    /// <exception cref="RendererBrokenException">Two browsers in a row failed on it.</exception>
    internal async Task<PrintOutcome> Print(string html, CancellationToken cancelled)
    {
        if (Browser is not { } browser) return new PrintOutcome.NoRenderer();
        await gate.WaitAsync(cancelled);
        try
        {
            try
            {
                return await PrintOnce(browser, html, cancelled);
            }
            catch (RendererBrokenException trouble)
            {
                log.LogWarning(trouble, "The renderer broke; a fresh one tries again");
                return await PrintOnce(browser, html, cancelled);
            }
        }
        finally
        {
            gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await gate.WaitAsync();
        await PutAway();
        gate.Dispose();
    }

    private async Task<PrintOutcome> PrintOnce(string browser, string html, CancellationToken cancelled)
    {
        try
        {
            warm ??= await Renderer.Start(browser, options, cancelled);
            var bytes = await warm.Print(html, cancelled);
            if (warm.Pages >= options.PagesPerRenderer) await PutAway();
            return new PrintOutcome.Pdf(bytes);
        }
        catch
        {
            await PutAway();
            throw;
        }
    }

    private async Task PutAway()
    {
        if (warm is null) return;
        await warm.DisposeAsync();
        warm = null;
    }
}
