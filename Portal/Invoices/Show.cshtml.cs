using Billing.Invoices;
using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Access;
using Portal.Identity;

namespace Portal.Invoices;

/// <summary>How far a document's PDF is.</summary>
internal enum PrintingState
{
    /// <summary>It is there.</summary>
    Printed,

    /// <summary>It will be in a moment.</summary>
    UnderWay,

    /// <summary>There is no browser that could print it.</summary>
    Waiting,
}

/// <summary>One document.</summary>
[Needs(Permissions.BillingRead)]
internal sealed class ShowModel(Db db) : PageModel
{
    public InvoiceDocument Document { get; private set; } = new();

    public DocumentSheet Sheet { get; private set; } = null!;

    public DocumentPrint? Print { get; private set; }

    public PrintingState Printing { get; private set; }

    /// <summary>The note or voucher that takes it back.</summary>
    public Correction? Correction { get; private set; }

    public async Task<IActionResult> OnGet(string id)
    {
        var account = HttpContext.SignedIn().AccountId.ToString();
        if (!Id.TryParse<TaxDocumentId>(id, out var known) || await ReadDocument.Find(db, account, known) is not { } read) return NotFound();
        (Document, Sheet) = read;
        Print = await DocumentPrint.Find(db, account, known);
        var trouble = await db.One<string?>(Sql.PrintingTrouble, new { AccountId = account, Resource = known, PrintDocument.Command });
        Printing = (Print, trouble) switch
        {
            (not null, _) => PrintingState.Printed,
            (null, "waiting") => PrintingState.Waiting,
            _ => PrintingState.UnderWay,
        };
        Correction = await db.One<Correction>(Sql.Correction, new { AccountId = account, OriginalId = known });
        return Page();
    }

    internal static class Sql
    {
        public const string PrintingTrouble = """
            select ErrorCode
            from WorkItem
            where AccountId = @AccountId and Resource = @Resource and Command = @Command and EndedAt is null
            """;

        public const string Correction = """
            select Id, DocumentType, Number, DocumentDate
            from TaxDocument
            where AccountId = @AccountId and OriginalId = @OriginalId
            """;
    }
}

/// <summary>A document that takes another one back.</summary>
internal sealed record Correction
{
    public TaxDocumentId Id { get; init; }

    public string DocumentType { get; init; } = "";

    public string Number { get; init; } = "";

    public DateOnly DocumentDate { get; init; }
}
