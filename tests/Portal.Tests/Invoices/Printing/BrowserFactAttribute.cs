using Portal.Invoices.Printing;
using System.Runtime.CompilerServices;
using Xunit;

namespace Portal.Tests.Invoices.Printing;

/// <summary>A fact that needs a Chromium-family browser; skipped where there is none, but with CI=true it runs and fails.</summary>
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        if (Environment.GetEnvironmentVariable("CI") != "true" && FindBrowser.On("", Environment.GetEnvironmentVariable("PATH")) is null)
            Skip = "no Chromium-family browser on PATH";
    }
}
