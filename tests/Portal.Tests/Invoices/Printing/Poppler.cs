using System.Diagnostics;

namespace Portal.Tests.Invoices.Printing;

/// <summary>Reads PDFs with poppler's tools, a reader that is not the one that wrote them.</summary>
internal static class Poppler
{
    internal static Task<string> Text(byte[] pdf) => Run("pdftotext", pdf, "-layout", "-", "-");

    internal static Task<string> Info(byte[] pdf) => Run("pdfinfo", pdf, "-");

    internal static Task<string> Structure(byte[] pdf) => Run("pdfinfo", pdf, "-struct", "-");

    private static async Task<string> Run(string tool, byte[] pdf, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var text = process.StandardOutput.ReadToEndAsync();
        await process.StandardInput.BaseStream.WriteAsync(pdf);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return await text;
    }
}
