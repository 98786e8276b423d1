"""The routes that read records: documents, clauses, and what refers to what."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, Query
from fastapi.responses import JSONResponse, Response

from policyqa.document import Clause
from policyqa.web import models
from policyqa.web.errors import not_found
from policyqa.web.protocol import Index
from policyqa.web.service import ERRORS, NOT_FOUND, QueryFilters, Service
from policyqa.web.text import plain_identifier

_MAX_LIMIT = 500
"""Most documents on one page of the list."""
_MAX_OFFSET = 10_000_000


def add_records(app: FastAPI, service: Service) -> None:
    """Add the routes of documents and clauses."""
    _add_documents(app, service)
    _add_clauses(app, service)
    _add_links(app, service)


def _add_documents(app: FastAPI, service: Service) -> None:
    @app.get(
        "/api/v1/documents",
        tags=["文件"],
        summary="文件目录",
        response_model=models.DocumentsResponse,
        responses=ERRORS,
    )
    async def documents(
        filters: QueryFilters,
        offset: Annotated[int, Query(ge=0, le=_MAX_OFFSET, description="跳过多少份")] = 0,
        limit: Annotated[int, Query(ge=1, le=_MAX_LIMIT, description="最多多少份")] = 50,
    ) -> Response:
        found, total = await service.call(
            lambda index: index.documents(offset=offset, limit=limit, filters=filters)
        )
        records = [document.as_json(with_clauses=False) for document in found]
        return JSONResponse(
            {"documents": records, "total": total, "offset": offset, "limit": limit}
        )

    @app.get(
        "/api/v1/documents/{document_id}",
        tags=["文件"],
        summary="一份文件及其条款",
        response_model=models.DocumentModel,
        responses=ERRORS | NOT_FOUND,
    )
    async def document(document_id: str) -> Response:
        if not plain_identifier(document_id):
            raise not_found("文件")

        def read(index: Index) -> Response:
            found = index.document(document_id)
            if found is None:
                raise not_found("文件")
            return JSONResponse(found.as_json())

        return await service.call(read)


def _add_clauses(app: FastAPI, service: Service) -> None:
    @app.get(
        "/api/v1/clauses/{clause_id}",
        tags=["文件"],
        summary="一条条款及其前后、上级和下级",
        response_model=models.ClauseWithNeighbours,
        responses=ERRORS | NOT_FOUND,
    )
    async def clause(clause_id: str) -> Response:
        if not plain_identifier(clause_id):
            raise not_found("条款")

        def read(index: Index) -> Response:
            found = index.clause(clause_id)
            if found is None:
                raise not_found("条款")
            try:
                previous, following, parent, children = index.neighbours(clause_id)
            except KeyError:  # the document was replaced between the two calls
                raise not_found("条款") from None
            return JSONResponse(
                {
                    **found.as_json(),
                    **index.standing(found.document_id).as_json(),
                    "previous": _clause_or_none(previous),
                    "next": _clause_or_none(following),
                    "parent": _clause_or_none(parent),
                    "children": [child.as_json() for child in children],
                }
            )

        return await service.call(read)


def _add_links(app: FastAPI, service: Service) -> None:
    @app.get(
        "/api/v1/clauses/{clause_id}/links",
        tags=["文件"],
        summary="一条条款引用了什么，又被谁引用",
        response_model=models.LinksResponse,
        responses=ERRORS | NOT_FOUND,
    )
    async def links(clause_id: str) -> Response:
        if not plain_identifier(clause_id):
            raise not_found("条款")

        def read(index: Index) -> Response:
            try:
                references, referring = index.links(clause_id)
            except KeyError:
                raise not_found("条款") from None
            return JSONResponse(
                {
                    "references": [link.as_json() for link in references],
                    "referenced_by": [
                        {"start": link.start, "end": link.end, "clause": link.source.as_json()}
                        for link in referring
                    ],
                }
            )

        return await service.call(read)


def _clause_or_none(clause: Clause | None) -> dict[str, Any] | None:
    return clause.as_json() if clause else None
