-- room: Billing/Invoices
-- immutable: TaxDocument, TaxDocumentLine, DocumentSeal

create table NumberSeries (
    Gstin varchar(15) not null,
    DocumentType varchar(20) not null,
    FinancialYear varchar(7) not null,
    NextNumber bigint not null,
    LastDate varchar(10) not null,
    constraint PK_NumberSeries primary key (Gstin, DocumentType, FinancialYear)
);

create table TaxDocument (
    Id varchar(30) not null constraint PK_TaxDocument primary key,
    AccountId varchar(30) not null,
    DocumentType varchar(20) not null constraint CK_TaxDocument_DocumentType
        check (DocumentType in ('invoice', 'credit_note', 'receipt_voucher', 'refund_voucher')),
    Number varchar(16) not null,
    FinancialYear varchar(7) not null,
    SeriesNumber bigint not null,
    DocumentDate varchar(10) not null,
    IssuedAt datetime2(3) not null,
    OrderId varchar(30) null,
    Occasion varchar(120) not null constraint UQ_TaxDocument_Occasion unique,
    OriginalId varchar(30) null constraint FK_TaxDocument_Original references TaxDocument (Id),
    OriginalNumber varchar(16) null,
    OriginalDate varchar(10) null,
    Reason nvarchar(200) null,
    SupplierName nvarchar(120) not null,
    SupplierGstin varchar(15) not null,
    SupplierAddress nvarchar(320) not null,
    SupplierStateCode varchar(2) not null,
    SupplierPan varchar(10) not null,
    SupplierEmail varchar(254) null,
    SupplierPhone varchar(20) null,
    SupplierLut varchar(40) null,
    SupplierBank nvarchar(300) null,
    SupplierUpi varchar(80) null,
    Signatory nvarchar(80) not null,
    BuyerName nvarchar(120) not null,
    BuyerGstin varchar(15) null,
    BuyerPan varchar(10) null,
    BuyerAddress nvarchar(320) not null,
    BuyerStateCode varchar(2) not null,
    PlaceOfSupply varchar(2) not null,
    TaxNature varchar(16) not null,
    SupplyType varchar(8) not null,
    ReverseCharge bit not null,
    Endorsement varchar(200) null,
    NetPaise bigint not null,
    CgstPaise bigint not null,
    SgstPaise bigint not null,
    UtgstPaise bigint not null,
    IgstPaise bigint not null,
    RoundOffPaise bigint not null,
    TotalPaise bigint not null,
    Currency varchar(3) not null,
    AmountInWords nvarchar(300) not null,
    constraint UQ_TaxDocument_Number unique (SupplierGstin, FinancialYear, Number),
    constraint UQ_TaxDocument_SeriesNumber unique (SupplierGstin, DocumentType, FinancialYear, SeriesNumber),
    constraint CK_TaxDocument_Total
        check (TotalPaise = NetPaise + CgstPaise + SgstPaise + UtgstPaise + IgstPaise + RoundOffPaise)
);

create unique index UQ_TaxDocument_OrderId on TaxDocument (OrderId) where DocumentType = 'invoice' and OrderId is not null;
create unique index UQ_TaxDocument_OriginalId on TaxDocument (OriginalId) where OriginalId is not null;
create index IX_TaxDocument_Account on TaxDocument (AccountId, Id);

create table TaxDocumentLine (
    DocumentId varchar(30) not null constraint FK_TaxDocumentLine_TaxDocument references TaxDocument (Id),
    Line int not null,
    AccountId varchar(30) not null,
    ItemCode varchar(60) not null,
    Description nvarchar(200) not null,
    PeriodFrom varchar(10) null,
    PeriodTo varchar(10) null,
    Sac varchar(8) not null,
    RateBps int not null,
    NetPaise bigint not null,
    CgstPaise bigint not null,
    SgstPaise bigint not null,
    UtgstPaise bigint not null,
    IgstPaise bigint not null,
    constraint PK_TaxDocumentLine primary key (DocumentId, Line)
);

create table DocumentPrint (
    DocumentId varchar(30) not null constraint PK_DocumentPrint primary key
        constraint FK_DocumentPrint_TaxDocument references TaxDocument (Id),
    AccountId varchar(30) not null,
    ObjectKey varchar(200) not null,
    Sha256 varchar(64) not null,
    Bytes bigint not null,
    PrintedAt datetime2(3) not null
);

create table DocumentSeal (
    Gstin varchar(15) not null,
    DocumentType varchar(20) not null,
    FinancialYear varchar(7) not null,
    LastNumber bigint not null,
    FirstNumber bigint not null,
    PreviousHash varchar(64) not null,
    Hash varchar(64) not null,
    SealedAt datetime2(3) not null,
    constraint PK_DocumentSeal primary key (Gstin, DocumentType, FinancialYear, LastNumber),
    constraint UQ_DocumentSeal_FirstNumber unique (Gstin, DocumentType, FinancialYear, FirstNumber)
);
