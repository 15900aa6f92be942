using Billing.Invoices;
using Database;
using Database.Objects;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Access;
using Portal.Api;
using Portal.Identity;

namespace Portal.Invoices;

/// <summary>A document in a list of the API.</summary>
internal sealed record ApiDocument
{
    public required string Id { get; init; }

    /// <summary><c>invoice</c>, <c>credit_note</c>, <c>receipt_voucher</c> or <c>refund_voucher</c>.</summary>
    public required string Type { get; init; }

    public required string Number { get; init; }

    /// <summary>The date on the document (India).</summary>
    public required DateOnly Date { get; init; }

    public required long NetPaise { get; init; }

    public required long CgstPaise { get; init; }

    public required long SgstPaise { get; init; }

    public required long UtgstPaise { get; init; }

    public required long IgstPaise { get; init; }

    public required long RoundOffPaise { get; init; }

    /// <summary>Positive on notes and refund vouchers too: the type says which way they go.</summary>
    public required long TotalPaise { get; init; }

    public required string Currency { get; init; }

    /// <summary>State code.</summary>
    public required string PlaceOfSupply { get; init; }

    public string? OriginalNumber { get; init; }
}

/// <summary>A line of a document.</summary>
internal sealed record ApiDocumentLine(
    string Description, string Sac, int RateBps, DateOnly? PeriodFrom, DateOnly? PeriodTo, long NetPaise, long CgstPaise, long SgstPaise,
    long UtgstPaise, long IgstPaise);

/// <summary>A document with everything on it.</summary>
internal sealed record ApiDocumentDetails(
    ApiDocument Document, DateTimeOffset IssuedAt, string? OrderId, string? OriginalId, string? Reason, string SupplierName, string SupplierGstin,
    string BuyerName, string? BuyerGstin, string? Endorsement, string AmountInWords, IReadOnlyList<ApiDocumentLine> Lines, ApiPdf? Pdf);

/// <summary>The stored PDF; null while it waits to be printed.</summary>
internal sealed record ApiPdf(string Href, long Bytes, string Sha256);

/// <summary><c>/api/v1/invoices</c>: the account's tax documents.</summary>
internal static class InvoicesApi
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        var invoices = routes.Api().MapGroup("/invoices").WithTags("Invoices");
        invoices.MapGet("/", List).Needs(Permissions.BillingRead).Paged().WithSummary("The account's tax documents, newest first; ?type, ?number, ?year.");
        invoices.MapGet("/{id}", Show).Needs(Permissions.BillingRead).WithSummary("One document with its lines.");
        invoices.MapGet("/{id}/pdf", Pdf).Needs(Permissions.BillingRead).Produces<byte[]>(StatusCodes.Status200OK, "application/pdf")
            .WithSummary("The stored PDF; 404 portal.invoices.not_printed with Retry-After while it waits to be printed.");
    }

    private static async Task<IResult> Pdf(string id, HttpContext context, Db db, EncryptedObjects objects)
    {
        var account = context.SignedIn().AccountId.ToString();
        if (!Id.TryParse<TaxDocumentId>(id, out var known) || await InvoiceDocument.Find(db, account, known) is null)
            return ApiProblem.NotFound("portal.invoices.no_document", "This account has no such document.");
        if (await DocumentPrint.Find(db, account, known) is not null) return await Downloads.Pdf(id, context, db, objects);
        context.Response.Headers.RetryAfter = "5";
        return ApiProblem.NotFound("portal.invoices.not_printed", "The PDF is not printed yet; ask again in a few seconds.");
    }

    private static async Task<Results<Ok<ApiPage<ApiDocument>>, ProblemHttpResult>> List(
        HttpContext context, Db db, string? type, string? number, string? year)
    {
        var (page, refusal) = PageQuery.Read(context.Request.Query);
        if (refusal is not null) return refusal;
        if (type is not null && !DocumentWords.AllTypes.Contains(type))
            return ApiProblem.Of(StatusCodes.Status400BadRequest, "portal.invoices.unknown_type", $"type is one of {string.Join(", ", DocumentWords.AllTypes)}.");
        var search = IndexModel.SearchOf(context.SignedIn().AccountId.ToString(), number, type, year);
        var rows = await ListedDocument.Older(db, search, page.After ?? "inv_~", page.Limit + 1);
        return TypedResults.Ok(page.Of(rows.Select(Listed).ToList(), document => document.Id));
    }

    private static async Task<Results<Ok<ApiDocumentDetails>, ProblemHttpResult>> Show(string id, HttpContext context, Db db)
    {
        var account = context.SignedIn().AccountId.ToString();
        if (!Id.TryParse<TaxDocumentId>(id, out var known) || await InvoiceDocument.Find(db, account, known) is not { } document)
            return ApiProblem.NotFound("portal.invoices.no_document", "This account has no such document.");
        var lines = await InvoiceDocument.Lines(db, account, known);
        var print = await DocumentPrint.Find(db, account, known);
        return TypedResults.Ok(new ApiDocumentDetails(
            Whole(document), document.IssuedAt, document.OrderId, document.OriginalId?.Value, document.Reason, document.SupplierName,
            document.SupplierGstin, document.BuyerName, document.BuyerGstin, document.Endorsement, document.AmountInWords,
            [.. lines.Select(Line)],
            print is null ? null : new ApiPdf($"/api/v1/invoices/{known}/pdf", print.Bytes, print.Sha256)));
    }

    private static ApiDocumentLine Line(InvoiceLine line) => new(
        line.Description, line.Sac, line.RateBps, line.PeriodFrom, line.PeriodTo, line.NetPaise, line.CgstPaise, line.SgstPaise, line.UtgstPaise,
        line.IgstPaise);

    private static ApiDocument Listed(ListedDocument row) => new()
    {
        Id = row.Id.Value,
        Type = row.DocumentType,
        Number = row.Number,
        Date = row.DocumentDate,
        NetPaise = row.NetPaise,
        CgstPaise = row.CgstPaise,
        SgstPaise = row.SgstPaise,
        UtgstPaise = row.UtgstPaise,
        IgstPaise = row.IgstPaise,
        RoundOffPaise = row.RoundOffPaise,
        TotalPaise = row.TotalPaise,
        Currency = Billing.Prices.Money.Rupees,
        PlaceOfSupply = row.PlaceOfSupply,
        OriginalNumber = row.OriginalNumber,
    };

    private static ApiDocument Whole(InvoiceDocument document) => new()
    {
        Id = document.Id.Value,
        Type = document.DocumentType,
        Number = document.Number,
        Date = document.DocumentDate,
        NetPaise = document.NetPaise,
        CgstPaise = document.CgstPaise,
        SgstPaise = document.SgstPaise,
        UtgstPaise = document.UtgstPaise,
        IgstPaise = document.IgstPaise,
        RoundOffPaise = document.RoundOffPaise,
        TotalPaise = document.TotalPaise,
        Currency = document.Currency,
        PlaceOfSupply = document.PlaceOfSupply,
        OriginalNumber = document.OriginalNumber,
    };
}
